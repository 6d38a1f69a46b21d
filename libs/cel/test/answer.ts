import {
  compile,
  costBudget,
  defineEnvironment,
  DYN,
  type Environment,
  evaluate,
  kubernetesLibraries,
} from '../src/index.ts';
import { shown } from './shown-value.ts';

const OBJECT_ONLY = defineEnvironment({ variables: { object: DYN }, libraries: kubernetesLibraries });

/** What `object` is in tables of tests. */
export const sample = { a: 1, s: 'str', l: [1, 2], f: 1.5, m: { k: 'v' }, n: null, b: true };

/**
 * What an expression comes to, as tables of tests have it: the value as `shown` writes it, `error: …` for one at run time, `invalid: …`
 * for the first one of the compiler (without its place), `unbuildable: …`.
 *
 * @param variables of the environment
 */
export function answer(
  expression: string,
  variables: Readonly<Record<string, unknown>> = { object: sample },
  environment: Environment = OBJECT_ONLY,
): string {
  const compiled = compile(expression, environment);
  if (compiled.kind === 'invalid') return `invalid: ${firstProblem(compiled.report)}`;
  if (compiled.kind === 'unbuildable') return `unbuildable: ${compiled.problem}`;
  const result = evaluate(compiled.program, variables, costBudget());
  return result.kind === 'value' ? shown(result.value) : `error: ${result.error}`;
}

const firstProblem = (report: string): string =>
  report.split('\n', 1)[0]?.replace(/^ERROR: <input>:\d+:\d+: /, '') ?? '';

/** What evaluating an expression costs. */
export function costOf(
  expression: string,
  variables: Readonly<Record<string, unknown>> = { object: sample },
  environment: Environment = OBJECT_ONLY,
): number {
  const compiled = compile(expression, environment);
  if (compiled.kind !== 'compiled') throw new Error(`${expression} does not compile: ${JSON.stringify(compiled)}`);
  return evaluate(compiled.program, variables, costBudget()).cost;
}
