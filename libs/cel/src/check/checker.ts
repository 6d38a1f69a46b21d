import type { Overload } from '../libraries/library.ts';
import type {
  Call,
  Conditional,
  Expression,
  Identifier,
  ListLiteral,
  Literal,
  Logical,
  Loop,
  MapLiteral,
  Message,
  OptionalMap,
  Select,
} from '../syntax/expression.ts';
import { qualifiedName } from '../syntax/expression.ts';
import { type Problem, quoted } from '../syntax/source.ts';
import { Inference } from '../types/inference.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  ERROR,
  formatType,
  INT,
  isDynOrError,
  isOptional,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  type Type,
  UINT,
  unwrapOptional,
} from '../types/type.ts';
import { typeName } from '../values/value.ts';
import type { Declarations } from './declarations.ts';

/** What checking finds out about an expression. */
export interface Checked {
  readonly problems: readonly Problem[];
  /** Of the whole expression. */
  readonly type: Type;
  /** Which overloads a call may mean, by what is known of the types of its arguments. */
  readonly overloads: ReadonlyMap<Expression, readonly Overload[]>;
  /** Calls of a function with a qualified name, such as `optional.of`, in which what looks like a receiver is part of the name. */
  readonly namespaced: ReadonlySet<Expression>;
  /** Identifiers and selections that stand for a type, with its name. */
  readonly typeNames: ReadonlyMap<Expression, string>;
}

/** Infers the types of an expression and finds what does not fit. */
export function check(expression: Expression, declarations: Declarations): Checked {
  return new Checker(declarations).run(expression);
}

/** A call with more arguments is shown with so many of them. */
const MAX_SHOWN_ARGUMENTS = 20;

const LITERAL_TYPES: Record<string, Type> = {
  null_type: NULL,
  bool: BOOL,
  int: INT,
  uint: UINT,
  double: DOUBLE,
  string: STRING,
  bytes: BYTES,
};

class Checker {
  readonly #declarations: Declarations;
  readonly #inference = new Inference();
  readonly #problems: Problem[] = [];
  readonly #overloads = new Map<Expression, readonly Overload[]>();
  readonly #namespaced = new Set<Expression>();
  readonly #typeNames = new Map<Expression, string>();
  /** Variables of the loops around, the innermost last. */
  readonly #scopes: { readonly name: string; readonly type: Type }[] = [];

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  run(expression: Expression): Checked {
    const type = this.#inference.resolve(this.#check(expression), 'dyn');
    if (this.#inference.isExhausted) this.#report(expression.at, 'expression is too complex to check its types');
    return {
      problems: this.#problems,
      type,
      overloads: this.#overloads,
      namespaced: this.#namespaced,
      typeNames: this.#typeNames,
    };
  }

  readonly #checks: { readonly [K in Expression['kind']]: (expression: Extract<Expression, { kind: K }>) => Type } = {
    literal: (literal) => this.#literal(literal),
    identifier: (identifier) => this.#identifier(identifier),
    select: (select) => this.#select(select),
    call: (call) => this.#call(call),
    logical: (logical) => this.#logical(logical),
    conditional: (conditional) => this.#conditional(conditional),
    list: (list) => this.#list(list),
    map: (map) => this.#map(map),
    message: (message) => this.#message(message),
    loop: (loop) => this.#loop(loop),
    'optional-map': (optionalMap) => this.#optionalMap(optionalMap),
  };

  #check(expression: Expression): Type {
    return (this.#checks[expression.kind] as (expression: Expression) => Type)(expression);
  }

  #report(at: number, message: string): Type {
    this.#problems.push({ at, message });
    return ERROR;
  }

  #undeclared(at: number, name: string): Type {
    return this.#report(at, `undeclared reference to '${quoted(name)}' (in container '')`);
  }

  #format(type: Type): string {
    return formatType(this.#inference.resolve(type, 'dyn'));
  }

  #literal({ value }: Literal): Type {
    return LITERAL_TYPES[typeName(value)] ?? DYN;
  }

  #loopVariable(name: string): Type | undefined {
    return this.#scopes.findLast((variable) => variable.name === name)?.type;
  }

  #identifier(identifier: Identifier): Type {
    const { name, at } = identifier;
    const declared = this.#loopVariable(name) ?? this.#declarations.variables.get(name);
    return declared ?? this.#typeNamed(identifier, name) ?? this.#undeclared(at, name);
  }

  #typeNamed(expression: Expression, name: string): Type | undefined {
    const type = this.#declarations.typeNames.get(name);
    if (type) this.#typeNames.set(expression, name);
    return type;
  }

  #select(select: Select): Type {
    const name = qualifiedName(select);
    const first = name?.split('.', 1)[0] ?? '';
    const type = name !== undefined && !this.#loopVariable(first) ? this.#typeNamed(select, name) : undefined;
    if (type) return type;
    const operand = this.#inference.resolve(this.#check(select.operand));
    const field = this.#fieldType(select, unwrapOptional(operand));
    if (select.mode === 'test') return BOOL;
    return select.mode === 'optional' || isOptional(operand) ? optionalOf(field) : field;
  }

  #fieldType({ at }: Select, operand: Type): Type {
    if (operand.kind === 'map') return operand.parameters[1] ?? DYN;
    if (operand.kind === 'variable') this.#inference.assignable([DYN], [operand]);
    else if (!isDynOrError(operand))
      this.#report(at, `type '${this.#format(operand)}' does not support field selection`);
    return DYN;
  }

  #call(call: Call): Type {
    const args = call.args.map((arg) => this.#check(arg));
    if (!call.target) return this.#resolve(call, { name: call.name, args, member: false });
    const namespace = qualifiedName(call.target);
    const name = `${namespace ?? ''}.${call.name}`;
    if (namespace !== undefined && this.#declarations.functions.has(name)) {
      this.#namespaced.add(call);
      return this.#resolve(call, { name, args, member: false });
    }
    return this.#resolve(call, { name: call.name, args: [this.#check(call.target), ...args], member: true });
  }

  /** Chooses among the overloads of a function; the result is dyn when those that may be meant differ in theirs. */
  #resolve(expression: Expression, { name, args, member }: Application): Type {
    const declared = this.#declarations.functions.get(name);
    if (!declared) return this.#undeclared(expression.at, name);
    const possible: Overload[] = [];
    let result: Type | undefined;
    for (const overload of declared) {
      const candidate = overload.member === member ? this.#tryOverload(overload, args) : undefined;
      if (!candidate) continue;
      possible.push(overload);
      result = result === undefined || isSameType(result, candidate) ? candidate : DYN;
    }
    this.#overloads.set(expression, possible);
    return result ?? this.#noOverload(expression.at, { name, args, member });
  }

  /** The type of the result, if the arguments fit. */
  #tryOverload({ parameters, result }: Overload, args: readonly Type[]): Type | undefined {
    const fresh = new Map<string, Type>();
    const instantiate = (type: Type): Type => {
      if (type.kind !== 'variable')
        return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map(instantiate) };
      const instance = fresh.get(type.name) ?? this.#inference.freshVariable();
      fresh.set(type.name, instance);
      return instance;
    };
    if (!this.#inference.assignable(args, parameters.map(instantiate))) return undefined;
    return this.#inference.resolve(instantiate(result));
  }

  #noOverload(at: number, { name, args, member }: Application): Type {
    const shown = args.slice(0, MAX_SHOWN_ARGUMENTS).map((type) => this.#format(type));
    const [receiver, ...others] = args.length > shown.length ? [...shown, '…'] : shown;
    const applied = member ? `${receiver}.(${others.join(', ')})` : `(${[receiver, ...others].join(', ')})`;
    return this.#report(
      at,
      `found no matching overload for '${name}' applied to '${args.length > 0 ? applied : '()'}'`,
    );
  }

  #expectBool(expression: Expression): void {
    const type = this.#check(expression);
    if (!this.#inference.assignable([type], [BOOL]))
      this.#report(expression.at, `expected type 'bool' but found '${this.#format(type)}'`);
  }

  #logical({ terms }: Logical): Type {
    for (const term of terms) this.#expectBool(term);
    return BOOL;
  }

  #conditional(conditional: Conditional): Type {
    const { condition, whenTrue, whenFalse } = conditional;
    const args = [condition, whenTrue, whenFalse].map((part) => this.#check(part));
    return this.#resolve(conditional, { name: '_?_:_', args, member: false });
  }

  /** The type that elements of both types have; dyn when they have none in common. */
  #join(one: Type | undefined, other: Type): Type {
    if (!one) return other;
    return this.#inference.assignable([one], [other]) ? this.#inference.mostGeneral(one, other) : DYN;
  }

  /** The type of an element or value of a literal; with `?` it is given as an optional. */
  #entry(value: Expression, optional: boolean): Type {
    const type = this.#check(value);
    if (!optional) return type;
    const resolved = this.#inference.resolve(type);
    if (!isOptional(resolved) && !isDynOrError(resolved))
      this.#report(
        value.at,
        `expected type '${formatType(optionalOf(resolved))}' but found '${this.#format(resolved)}'`,
      );
    return unwrapOptional(resolved);
  }

  #list({ elements }: ListLiteral): Type {
    let element: Type | undefined;
    for (const { value, optional } of elements) element = this.#join(element, this.#entry(value, optional));
    return listOf(element ?? this.#inference.freshVariable());
  }

  #map({ entries }: MapLiteral): Type {
    let [keys, values]: [Type | undefined, Type | undefined] = [undefined, undefined];
    for (const { key, value, optional } of entries) {
      keys = this.#join(keys, this.#check(key));
      values = this.#join(values, this.#entry(value, optional));
    }
    return mapOf(keys ?? this.#inference.freshVariable(), values ?? this.#inference.freshVariable());
  }

  #message({ name, at }: Message): Type {
    if (this.#declarations.typeNames.has(name)) return this.#report(at, `'${quoted(name)}' is not a message type`);
    return this.#undeclared(at, name);
  }

  #loop(loop: Loop): Type {
    const range = this.#inference.resolve(this.#check(loop.range));
    const item = this.#itemType(loop, range);
    this.#scopes.push({ name: loop.variable, type: item });
    const result = loop.macro === 'map' || loop.macro === 'filter' ? this.#collected(loop, item) : this.#counted(loop);
    this.#scopes.pop();
    return result;
  }

  #itemType({ range: { at } }: Loop, range: Type): Type {
    if (range.kind === 'list' || range.kind === 'map') return range.parameters[0] ?? DYN;
    if (range.kind === 'variable') this.#inference.assignable([DYN], [range]);
    if (range.kind === 'variable' || isDynOrError(range)) return DYN;
    const type = this.#format(range);
    return this.#report(
      at,
      `expression of type '${type}' cannot be range of a comprehension (must be list, map, or dynamic)`,
    );
  }

  /** `all`, `exists` and `exists_one`. */
  #counted(loop: Loop): Type {
    if (loop.macro === 'exists_one') this.#chosen(loop, () => INT);
    else if (loop.predicate) this.#expectBool(loop.predicate);
    return BOOL;
  }

  /** `map` and `filter`. */
  #collected(loop: Loop, item: Type): Type {
    return this.#chosen(loop, () => listOf(loop.transform ? this.#check(loop.transform) : item));
  }

  /** The predicate of a macro chooses between what was collected so far and that with one more, both of one type. */
  #chosen({ predicate, at }: Loop, collect: () => Type): Type {
    const condition = predicate ? this.#check(predicate) : BOOL;
    const collected = collect();
    if (!this.#inference.assignable([condition], [BOOL]))
      this.#noOverload(at, { name: '_?_:_', args: [condition, collected, collected], member: false });
    return collected;
  }

  #optionalMap({ flat, target, variable, body, at }: OptionalMap): Type {
    const type = this.#inference.resolve(this.#check(target));
    if (!isOptional(type) && !isDynOrError(type))
      this.#noOverload(at, { name: 'hasValue', args: [type], member: true });
    this.#scopes.push({ name: variable, type: unwrapOptional(type) });
    const result = this.#inference.resolve(this.#check(body));
    this.#scopes.pop();
    if (!flat) return optionalOf(result);
    if (isOptional(result) || isDynOrError(result)) return result;
    const none = optionalOf(this.#inference.freshVariable());
    return this.#noOverload(at, { name: '_?_:_', args: [BOOL, result, none], member: false });
  }
}

interface Application {
  readonly name: string;
  /** Types of the arguments, of the receiver first. */
  readonly args: readonly Type[];
  readonly member: boolean;
}

function isSameType(one: Type, other: Type): boolean {
  return formatType(one) === formatType(other);
}
