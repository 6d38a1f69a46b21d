import type { Call, Expression, Loop, LoopMacro } from './expression.ts';
import { SyntaxProblem } from './source.ts';

const LOOPS: ReadonlyMap<string, LoopMacro> = new Map(
  (['all', 'exists', 'exists_one', 'map', 'filter'] as const).map((name) => [name, name]),
);

/** The expression that a call of a macro stands for; other calls, also of a macro with too few or many arguments, as they are. */
export function expandMacro(call: Call): Expression {
  if (call.target === undefined) return call.name === 'has' && call.args.length === 1 ? expandHas(call) : call;
  const loop = LOOPS.get(call.name);
  if (loop) return expandLoop(call, loop) ?? call;
  return call.name === 'optMap' || call.name === 'optFlatMap' ? expandOptionalMap(call, call.target) : call;
}

function expandHas({ at, args }: Call): Expression {
  const [argument] = args;
  if (argument?.kind === 'select' && argument.mode === 'plain') return { ...argument, at, mode: 'test' };
  throw new SyntaxProblem(argument?.at ?? at, 'invalid argument to has() macro');
}

function expandLoop({ at, target, args }: Call, macro: LoopMacro): Loop | undefined {
  const [variable, ...parts] = args;
  const [predicate, transform] = macro === 'map' ? [parts.at(-2), parts.at(-1)] : parts;
  const isComplete = parts.length === 1 || (parts.length === 2 && macro === 'map');
  if (!target || !variable || !isComplete) return undefined;
  const name = variableName(variable, 'argument must be a simple name');
  return { kind: 'loop', at, macro, range: target, variable: name, predicate, transform };
}

function expandOptionalMap(call: Call, target: Expression): Expression {
  const [variable, body] = call.args;
  if (!variable || !body || call.args.length !== 2) return call;
  const name = variableName(variable, `${call.name}() variable name must be a simple identifier`);
  return { kind: 'optional-map', at: call.at, flat: call.name === 'optFlatMap', target, variable: name, body };
}

function variableName(expression: Expression, problem: string): string {
  if (expression.kind === 'identifier') return expression.name;
  throw new SyntaxProblem(expression.at, problem);
}
