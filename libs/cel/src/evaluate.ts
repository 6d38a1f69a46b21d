import type { Program } from './compile.ts';
import { EvaluationStopped, Meter } from './plan/meter.ts';
import { fromJson } from './values/json.ts';
import { CelError, type CelValue } from './values/value.ts';

/** Cost that several evaluations share. `evaluate` takes what it used from `remaining`. */
export interface CostBudget {
  /** The most that one evaluation may cost. */
  readonly perEvaluation: number;
  /** What is left for all of them. */
  remaining: number;
  /** Asked every 100 iterations of loops; true ends the evaluation. */
  readonly isInterrupted?: (() => boolean) | undefined;
}

/** One evaluation may cost 1 000 000, those that share the budget 10 000 000 (placement 5.4.6, work 11.5). */
export function costBudget(limits: Partial<CostBudget> = {}): CostBudget {
  return { perEvaluation: 1_000_000, remaining: 10_000_000, ...limits };
}

/** What an evaluation came to, and what it cost in units of placement 5.4.6. */
export type Evaluation =
  | { readonly kind: 'value'; readonly value: CelValue; readonly cost: number }
  /** The expression has no value for these variables: `error` says why, such as `no such key: missing`. */
  | { readonly kind: 'error'; readonly error: string; readonly cost: number }
  | { readonly kind: 'budget-exceeded'; readonly error: 'CEL evaluation budget exceeded'; readonly cost: number }
  | { readonly kind: 'interrupted'; readonly error: 'operation interrupted'; readonly cost: number };

/**
 * Evaluates an expression. Never throws on account of the expression or the variables, and ends in a time that the budget bounds.
 *
 * @param variables JSON documents by name, numbers as `JSON.parse` or exact reading (work 22) leaves them; not copied, not changed
 */
export function evaluate(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  budget: CostBudget,
): Evaluation {
  const meter = new Meter(Math.min(budget.perEvaluation, budget.remaining), budget.isInterrupted);
  const evaluation = run(program, variables, meter);
  budget.remaining = Math.max(0, budget.remaining - evaluation.cost);
  return evaluation;
}

function run({ plan }: Program, variables: Readonly<Record<string, unknown>>, meter: Meter): Evaluation {
  try {
    const result = plan.step({
      meter,
      constantPatterns: plan.constantPatterns,
      patterns: new Map(),
      clocks: new Map(),
      variables: plan.variables.map((name) => (variables[name] === undefined ? undefined : fromJson(variables[name]))),
      locals: [],
    });
    const cost = meter.spent;
    return result instanceof CelError
      ? { kind: 'error', error: result.message, cost }
      : { kind: 'value', value: result, cost };
  } catch (error) {
    if (error instanceof EvaluationStopped) return stopped(error, meter.spent);
    throw error;
  }
}

function stopped({ reason }: EvaluationStopped, cost: number): Evaluation {
  return reason === 'budget'
    ? { kind: 'budget-exceeded', error: 'CEL evaluation budget exceeded', cost }
    : { kind: 'interrupted', error: 'operation interrupted', cost };
}
