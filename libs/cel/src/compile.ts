import { check } from './check/checker.ts';
import type { Environment } from './environments/environment.ts';
import { type Plan, plan } from './plan/planner.ts';
import { parse } from './syntax/parser.ts';
import type { Expression } from './syntax/expression.ts';
import { type Problem, reportProblems, SyntaxProblem } from './syntax/source.ts';
import { formatType } from './types/type.ts';

/** A compiled expression. Holds no state: it may be evaluated as often as wanted. */
export interface Program {
  readonly source: string;
  /** Type of the result as far as it is known: `bool`, `dyn`, `list(string)`. */
  readonly resultType: string;
  /** For `evaluate` alone. */
  readonly plan: Plan;
}

/** What compiling came to. */
export type Compilation =
  | { readonly kind: 'compiled'; readonly program: Program }
  /** The expression is wrong. `report` begins with `ERROR: <input>:<line>:<column>: ` and the problem, and shows the line below. */
  | { readonly kind: 'invalid'; readonly report: string }
  /** The expression is right but cannot be evaluated: a text in it is not a regular expression. */
  | { readonly kind: 'unbuildable'; readonly problem: string };

/** Compiles an expression (placement 5.4.4). Never throws; takes time in proportion to the length of the source. */
export function compile(source: string, { declarations }: Environment): Compilation {
  const parsed = parseOrReport(source);
  if (parsed.kind === 'invalid') return parsed;
  const checked = check(parsed.expression, declarations);
  if (checked.problems.length > 0) return invalid(source, checked.problems);
  const planned = plan(parsed.expression, checked);
  if (planned.problem !== undefined) return { kind: 'unbuildable', problem: planned.problem };
  return { kind: 'compiled', program: { source, resultType: formatType(checked.type), plan: planned } };
}

const invalid = (source: string, problems: readonly Problem[]) =>
  ({ kind: 'invalid', report: reportProblems(source, problems) }) as const;

function parseOrReport(source: string): { kind: 'parsed'; expression: Expression } | ReturnType<typeof invalid> {
  try {
    return { kind: 'parsed', expression: parse(source) };
  } catch (error) {
    if (error instanceof SyntaxProblem) return invalid(source, [error]);
    throw error;
  }
}
