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
import { CelError, CelTypeValue, NO_SUCH_OVERLOAD } from '../values/value.ts';
import { ACCESS, accessCost, accessStep, INDEX, indexStep, localStep, variableStep } from './access-step.ts';
import { callStep } from './call-step.ts';
import type { Step } from './frame.ts';
import { listStep, mapStep } from './literal-step.ts';
import { conditionalStep, logicalStep } from './logic-step.ts';
import { loopStep } from './loop-step.ts';
import { ALTERNATIVES, alternativeStep, optionalMapStep } from './optional-step.ts';

/** A checked expression, ready to be evaluated any number of times. */
export interface Plan {
  readonly step: Step;
  /** Variables of the environment that the expression uses. */
  readonly variables: readonly string[];
  readonly constantPatterns: ReadonlyMap<string, RE2JS>;
  /** Why the expression cannot be evaluated although its types are right: a text in it is not a regular expression. */
  readonly problem: string | undefined;
}

/** @param checked what checking this expression found, which must be no problem */
export function plan(expression: Expression, checked: Checked): Plan {
  return new Planner(checked).run(expression);
}

/** All patterns of an expression together, with their repetitions written out; compiling as much takes a few tenths of a second. */
const MAX_PATTERNS_LENGTH = 200_000;

class Planner {
  readonly #checked: Checked;
  readonly #variables: string[] = [];
  readonly #locals: string[] = [];
  readonly #patterns = new Map<string, RE2JS>();
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
    return conditionalStep(this.#plan(condition), this.#plan(whenTrue), this.#plan(whenFalse));
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
