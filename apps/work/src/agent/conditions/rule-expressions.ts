import type * as Cel from '@ocm/cel';

/** What an expression came to. */
export type ExpressionResult =
  | { readonly kind: 'value'; readonly value: Cel.CelValue; readonly type: string }
  /** It is wrong, has no value for this object, or takes too long. */
  | { readonly kind: 'error'; readonly problem: string }
  /** It is right, but no program can be made of it. */
  | { readonly kind: 'unbuildable'; readonly problem: string };

/** Evaluates the expressions of one manifest, which share a budget (work 11.5). */
export interface RuleExpressions {
  /** An expression of a rule. */
  rule(source: string, object: unknown): ExpressionResult;
  /** A message expression, with what the rule came to. */
  message(source: string, object: unknown, result: boolean): ExpressionResult;
}

/** Compiled expressions that are remembered; when there are more, all are compiled anew. */
const MOST_PROGRAMS = 2000;
/**
 * For all expressions of a manifest together, as nobody else is served meanwhile: of processor time, since the clock on the wall judges by how
 * much of a processor the agent gets; and of time at all, for an agent that gets next to none.
 */
const LONGEST_MS = { processor: 1000, wall: 5000 };

/** Time that goes by, from any point on, milliseconds. */
export interface Elapsed {
  /** Of a processor, for this thread alone where Node.js can tell (from 23.9 on). */
  readonly processorMs: () => number;
  readonly wallMs: () => number;
}

/** Begins a pass over the rules of one manifest. */
export type BeginExpressions = () => RuleExpressions;

/** The expressions of condition rules, each compiled once. */
export function ruleExpressions(cel: typeof Cel, elapsed: Elapsed = ELAPSED): BeginExpressions {
  const { conditionRuleEnvironment, conditionMessageEnvironment } = cel;
  const compileRule = compileOnce(cel, conditionRuleEnvironment);
  const compileMessage = compileOnce(cel, conditionMessageEnvironment);
  return () => {
    const budget = cel.costBudget({ isInterrupted: timeIsUp(elapsed) });
    const evaluate = (compiled: Cel.Compilation, variables: Readonly<Record<string, unknown>>): ExpressionResult => {
      if (compiled.kind === 'invalid') return { kind: 'error', problem: compiled.report };
      if (compiled.kind === 'unbuildable') return { kind: 'unbuildable', problem: compiled.problem };
      const evaluation = cel.evaluate(compiled.program, variables, budget);
      if (evaluation.kind !== 'value') return { kind: 'error', problem: evaluation.error };
      return { kind: 'value', value: evaluation.value, type: cel.typeName(evaluation.value) };
    };
    return {
      rule: (source, object) => evaluate(compileRule(source), { object }),
      message: (source, object, result) => evaluate(compileMessage(source), { object, result }),
    };
  };
}

const hasThreadUsage = 'threadCpuUsage' in process;

const ELAPSED: Elapsed = {
  processorMs() {
    const { user, system } = hasThreadUsage ? process.threadCpuUsage() : process.cpuUsage();
    return (user + system) / 1000;
  },
  wallMs: () => performance.now(),
};

function timeIsUp({ processorMs, wallMs }: Elapsed): () => boolean {
  const endMs = { processor: processorMs() + LONGEST_MS.processor, wall: wallMs() + LONGEST_MS.wall };
  return () => processorMs() > endMs.processor || wallMs() > endMs.wall;
}

function compileOnce(cel: typeof Cel, environment: Cel.Environment): (source: string) => Cel.Compilation {
  const programs = new Map<string, Cel.Compilation>();
  return (source) => {
    const known = programs.get(source);
    if (known !== undefined) return known;
    if (programs.size >= MOST_PROGRAMS) programs.clear();
    const compiled = cel.compile(source, environment);
    programs.set(source, compiled);
    return compiled;
  };
}
