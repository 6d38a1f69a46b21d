import type { RE2JS } from 're2js';
import type { Checked } from '../check/checker.ts';
import { compilePattern, expandedLength } from '../libraries/pattern.ts';
import type {
  Call,
  Conditional,
  Expression,
  Identifier,
  ListLiteral,
  Logical,
  Loop,
  MapLiteral,
  OptionalMap,
  Select,
} from '../syntax/expression.ts';
import { elementOf, hasMember, optionalElementOf } from '../values/access.ts';
import { isMapKey, EntryMap } from '../values/map.ts';
import { ValueList } from '../values/list.ts';
import {
  CelError,
  CelOptional,
  type CelResult,
  CelTypeValue,
  type CelValue,
  NO_SUCH_OVERLOAD,
  NONE,
  typeName,
} from '../values/value.ts';
import { callStep } from './call-step.ts';
import type { Frame, Step } from './frame.ts';
import { loopStep } from './loop-step.ts';

/** A checked expression, ready to be evaluated any number of times. */
export interface Plan {
  readonly step: Step;
  /** Variables of the environment that the expression uses. */
  readonly variables: readonly string[];
  /** How many variables of loops there are at the same time. */
  readonly depth: number;
  readonly constantPatterns: ReadonlyMap<string, RE2JS>;
  /** Why the expression cannot be evaluated although its types are right: a text in it is not a regular expression. */
  readonly problem: string | undefined;
}

/** @param checked what checking this expression found, which must be no problem */
export function plan(expression: Expression, checked: Checked): Plan {
  return new Planner(checked).run(expression);
}

const LIST_COST = 10;
const MAP_COST = 30;
/** All patterns of an expression together, with their repetitions written out; compiling as much takes a few tenths of a second. */
const MAX_PATTERNS_LENGTH = 200_000;

class Planner {
  readonly #checked: Checked;
  readonly #variables: string[] = [];
  readonly #locals: string[] = [];
  readonly #patterns = new Map<string, RE2JS>();
  #depth = 0;
  #patternsLength = 0;
  #problem: string | undefined;

  constructor(checked: Checked) {
    this.#checked = checked;
  }

  run(expression: Expression): Plan {
    const step = this.#plan(expression);
    return {
      step,
      variables: this.#variables,
      depth: this.#depth,
      constantPatterns: this.#patterns,
      problem: this.#problem,
    };
  }

  readonly #plans: { readonly [K in Expression['kind']]: (expression: Extract<Expression, { kind: K }>) => Step } = {
    literal:
      ({ value }) =>
      () =>
        value,
    identifier: (identifier) => this.#identifier(identifier),
    select: (select) => this.#select(select),
    call: (call) => this.#call(call),
    logical: (logical) => this.#logical(logical),
    conditional: (conditional) => this.#conditional(conditional),
    list: (list) => this.#list(list),
    map: (map) => this.#map(map),
    message: () => () => NO_SUCH_OVERLOAD,
    loop: (loop) => this.#loop(loop),
    'optional-map': (optionalMap) => this.#optionalMap(optionalMap),
  };

  #plan(expression: Expression): Step {
    const type = this.#checked.typeNames.get(expression);
    if (type !== undefined) {
      const value = new CelTypeValue(type);
      return () => value;
    }
    return (this.#plans[expression.kind] as (expression: Expression) => Step)(expression);
  }

  #identifier({ name }: Identifier): Step {
    const slot = this.#locals.lastIndexOf(name);
    if (slot >= 0) return localStep(slot);
    if (!this.#variables.includes(name)) this.#variables.push(name);
    return variableStep(this.#variables.indexOf(name), name);
  }

  #select({ operand, field, mode }: Select): Step {
    return accessStep(this.#plan(operand), { field, cost: accessCost(operand), access: ACCESS[mode] });
  }

  #call(call: Call): Step {
    const [operand, key] = call.args;
    const find = INDEX.get(call.name);
    if (find && operand && key)
      return indexStep([this.#plan(operand), this.#plan(key)], { cost: accessCost(operand), find });
    const alternative = ALTERNATIVES.get(call.name);
    if (alternative && call.target && operand)
      return alternativeStep(this.#plan(call.target), { other: this.#plan(operand), unwrap: alternative === 'value' });
    const receiver = call.target && !this.#checked.namespaced.has(call) ? [call.target] : [];
    this.#compilePattern(call, receiver.length);
    const args = [...receiver, ...call.args].map((arg) => this.#plan(arg));
    return callStep(this.#checked.overloads.get(call) ?? [], args);
  }

  /** Compiles the regular expression that is given as a text, so that a bad one is known before any evaluation. */
  #compilePattern(call: Call, receivers: number): void {
    const position = this.#checked.overloads
      .get(call)
      ?.map(({ patternArgument }) => patternArgument)
      .find((argument) => argument !== undefined);
    const argument = position === undefined ? undefined : call.args[position - receivers];
    if (argument?.kind !== 'literal' || typeof argument.value !== 'string') return;
    if (!this.#patterns.has(argument.value)) this.#addPattern(argument.value);
  }

  #addPattern(text: string): void {
    this.#patternsLength += expandedLength(text);
    const pattern =
      this.#patternsLength > MAX_PATTERNS_LENGTH
        ? new CelError('error parsing regexp: the patterns of the expression are too large together')
        : compilePattern(text);
    if (pattern instanceof CelError) this.#problem ??= pattern.message;
    else this.#patterns.set(text, pattern);
  }

  #logical({ operator, terms }: Logical): Step {
    return logicalStep(
      terms.map((term) => this.#plan(term)),
      operator === '||',
    );
  }

  #conditional({ condition, whenTrue, whenFalse }: Conditional): Step {
    const [test, one, other] = [this.#plan(condition), this.#plan(whenTrue), this.#plan(whenFalse)];
    return (frame) => {
      const answer = test(frame);
      if (typeof answer === 'boolean') return answer ? one(frame) : other(frame);
      return answer instanceof CelError ? answer : NO_SUCH_OVERLOAD;
    };
  }

  #list({ elements }: ListLiteral): Step {
    return listStep(elements.map(({ value, optional }) => ({ value: this.#plan(value), optional })));
  }

  #map({ entries }: MapLiteral): Step {
    return mapStep(
      entries.map(({ key, value, optional }) => ({ key: this.#plan(key), value: this.#plan(value), optional })),
    );
  }

  /** Plans what may use a variable that is known only there. */
  #within<T>(variable: string, build: (slot: number) => T): T {
    const slot = this.#locals.push(variable) - 1;
    this.#depth = Math.max(this.#depth, this.#locals.length);
    const built = build(slot);
    this.#locals.pop();
    return built;
  }

  #loop({ macro, range, variable, predicate, transform }: Loop): Step {
    const rangeStep = this.#plan(range);
    return this.#within(variable, (slot) =>
      loopStep(macro, {
        range: rangeStep,
        slot,
        predicate: predicate && this.#plan(predicate),
        transform: transform && this.#plan(transform),
      }),
    );
  }

  #optionalMap({ flat, target, variable, body }: OptionalMap): Step {
    const targetStep = this.#plan(target);
    return this.#within(variable, (slot) => optionalMapStep(targetStep, { slot, flat, body: this.#plan(body) }));
  }
}

const ACCESS: Record<Select['mode'], (operand: CelValue, field: string) => CelResult> = {
  plain: elementOf,
  optional: optionalElementOf,
  test: hasMember,
};

const INDEX = new Map([
  ['_[_]', elementOf],
  ['_[?_]', optionalElementOf],
]);

/** Members of optionals whose argument is evaluated only when the optional holds nothing, and what they give of one that does. */
const ALTERNATIVES: ReadonlyMap<string, 'optional' | 'value'> = new Map([
  ['or', 'optional'],
  ['orValue', 'value'],
]);

function alternativeStep(target: Step, { other, unwrap }: { readonly other: Step; readonly unwrap: boolean }): Step {
  return (frame) => {
    const optional = target(frame);
    if (optional instanceof CelError) return optional;
    if (!(optional instanceof CelOptional)) return NO_SUCH_OVERLOAD;
    if (optional.held === undefined) return other(frame);
    return unwrap ? optional.held : optional;
  };
}

/** Going into what an identifier leads to costs 1; into anything else one more, for having it at hand. */
function accessCost(operand: Expression): number {
  const isPath = operand.kind === 'identifier' || operand.kind === 'select';
  return isPath || (operand.kind === 'call' && INDEX.has(operand.name)) ? 1 : 2;
}

function localStep(slot: number): Step {
  return ({ meter, locals }) => {
    meter.charge(1);
    return locals[slot] ?? null;
  };
}

function variableStep(index: number, name: string): Step {
  const missing = new CelError(`no such attribute(s): ${name}`);
  return ({ meter, variables }) => {
    meter.charge(1);
    const value = variables[index];
    return value === undefined ? missing : value;
  };
}

interface Access {
  readonly field: string;
  readonly cost: number;
  readonly access: (operand: CelValue, field: string) => CelResult;
}

function accessStep(operand: Step, { field, cost, access }: Access): Step {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof CelError) return value;
    frame.meter.charge(cost);
    return access(value, field);
  };
}

interface Indexing {
  readonly cost: number;
  readonly find: (operand: CelValue, key: CelValue) => CelResult;
}

function indexStep([operand, key]: readonly [Step, Step], { cost, find }: Indexing): Step {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof CelError) return value;
    const index = key(frame);
    if (index instanceof CelError) return index;
    frame.meter.charge(cost);
    return find(value, index);
  };
}

/** The first term that is `decisive` decides; an error counts only when no term does. */
function logicalStep(terms: readonly Step[], decisive: boolean): Step {
  return (frame) => {
    let result: boolean | CelError = !decisive;
    for (const term of terms) {
      const value = term(frame);
      if (value === decisive) return decisive;
      if (value !== !decisive && !(result instanceof CelError))
        result = value instanceof CelError ? value : NO_SUCH_OVERLOAD;
    }
    return result;
  };
}

/** What an optional given for an element or entry holds; undefined when it is to be left out. */
function entryValue(value: CelValue, what: string): CelResult | undefined {
  if (value instanceof CelOptional) return value.held;
  return new CelError(`cannot initialize optional ${what} from non-optional value of type ${typeName(value)}`);
}

function listStep(elements: readonly { readonly value: Step; readonly optional: boolean }[]): Step {
  return (frame) => {
    const items: CelValue[] = [];
    for (const { value, optional } of elements) {
      const given = value(frame);
      if (given instanceof CelError) return given;
      const item = optional ? entryValue(given, 'list element') : given;
      if (item instanceof CelError) return item;
      if (item !== undefined) items.push(item);
    }
    frame.meter.charge(LIST_COST);
    return new ValueList(items);
  };
}

interface MapEntry {
  readonly key: Step;
  readonly value: Step;
  readonly optional: boolean;
}

function mapStep(entries: readonly MapEntry[]): Step {
  return (frame) => {
    const pairs: (readonly [CelValue, CelValue])[] = [];
    for (const entry of entries) {
      const pair = mapPair(entry, frame);
      if (pair instanceof CelError) return pair;
      if (pair) pairs.push(pair);
    }
    frame.meter.charge(MAP_COST);
    return new EntryMap(pairs);
  };
}

function mapPair(
  { key, value, optional }: MapEntry,
  frame: Frame,
): readonly [CelValue, CelValue] | CelError | undefined {
  const name = key(frame);
  if (name instanceof CelError) return name;
  if (!isMapKey(name)) return new CelError(`unsupported key type '${typeName(name)}' in map`);
  const given = value(frame);
  if (given instanceof CelError) return given;
  const entry = optional ? entryValue(given, 'map entry') : given;
  if (entry instanceof CelError || entry === undefined) return entry;
  return [name, entry];
}

interface OptionalMapping {
  readonly slot: number;
  readonly flat: boolean;
  readonly body: Step;
}

/** Costs of the expansion, which asks the target twice: `hasValue`, `none`; and with a value a loop of one step, `value` and `of`. */
const ABSENT_COST = 2;
const PRESENT_COST = 12;

function optionalMapStep(target: Step, { slot, flat, body }: OptionalMapping): Step {
  return (frame) => {
    const before = frame.meter.spent;
    const optional = target(frame);
    if (optional instanceof CelError) return optional;
    if (!(optional instanceof CelOptional)) return NO_SUCH_OVERLOAD;
    const targetCost = frame.meter.spent - before;
    frame.meter.charge(optional.held === undefined ? ABSENT_COST : targetCost + PRESENT_COST + (flat ? 0 : 1));
    if (optional.held === undefined) return NONE;
    frame.locals[slot] = optional.held;
    const result = body(frame);
    return flat || result instanceof CelError ? result : new CelOptional(result);
  };
}
