import type { CelValue } from '../values/value.ts';

interface Node {
  /** Offset in the source that problems with this node are reported at. */
  readonly at: number;
}

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly value: CelValue;
}

export interface Identifier extends Node {
  readonly kind: 'identifier';
  readonly name: string;
}

/** `operand.field`, `operand.?field` or `has(operand.field)`. */
export interface Select extends Node {
  readonly kind: 'select';
  readonly mode: 'plain' | 'optional' | 'test';
  readonly operand: Expression;
  readonly field: string;
}

/** A call of a function; operators are functions with names such as `_+_`. */
export interface Call extends Node {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
}

/** Two or more terms joined by `&&` or `||`. */
export interface Logical extends Node {
  readonly kind: 'logical';
  readonly operator: '&&' | '||';
  readonly terms: readonly Expression[];
}

export interface Conditional extends Node {
  readonly kind: 'conditional';
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export interface ListLiteral extends Node {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: Expression; readonly optional: boolean }[];
}

export interface MapLiteral extends Node {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Expression; readonly value: Expression; readonly optional: boolean }[];
}

/** `Name{…}`, which no environment here has types for. */
export interface Message extends Node {
  readonly kind: 'message';
  readonly name: string;
}

export type LoopMacro = 'all' | 'exists' | 'exists_one' | 'map' | 'filter';

/** `range.macro(variable, …)`. */
export interface Loop extends Node {
  readonly kind: 'loop';
  readonly macro: LoopMacro;
  readonly range: Expression;
  readonly variable: string;
  /** Which elements count; all of a `map` without it. */
  readonly predicate: Expression | undefined;
  /** What a `map` makes of an element. */
  readonly transform: Expression | undefined;
}

/** `target.optMap(variable, body)`, or `optFlatMap`, whose body is an optional itself. */
export interface OptionalMap extends Node {
  readonly kind: 'optional-map';
  readonly flat: boolean;
  readonly target: Expression;
  readonly variable: string;
  readonly body: Expression;
}

export type Expression =
  | Literal
  | Identifier
  | Select
  | Call
  | Logical
  | Conditional
  | ListLiteral
  | MapLiteral
  | Message
  | Loop
  | OptionalMap;

/** The name `a.b.c` that an expression is when it consists of identifiers and plain selections only. */
export function qualifiedName(expression: Expression): string | undefined {
  if (expression.kind === 'identifier') return expression.name;
  if (expression.kind !== 'select' || expression.mode !== 'plain') return undefined;
  const operand = qualifiedName(expression.operand);
  return operand === undefined ? undefined : `${operand}.${expression.field}`;
}

/** What an expression consists of. */
function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'select':
      return [expression.operand];
    case 'call':
      return expression.target ? [expression.target, ...expression.args] : expression.args;
    case 'logical':
      return expression.terms;
    case 'conditional':
      return [expression.condition, expression.whenTrue, expression.whenFalse];
    case 'list':
      return expression.elements.map(({ value }) => value);
    case 'map':
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case 'loop':
      return [expression.range, expression.predicate, expression.transform].filter((part) => part !== undefined);
    case 'optional-map':
      return [expression.target, expression.body];
    default:
      return [];
  }
}

/** Whether an expression nests more levels than that. Needs no stack for finding out. */
export function isDeeperThan(limit: number, expression: Expression): boolean {
  let level: readonly Expression[] = [expression];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}
