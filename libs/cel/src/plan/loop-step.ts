import type { LoopMacro } from '../syntax/expression.ts';
import { CelList, ValueList } from '../values/list.ts';
import { CelMap } from '../values/map.ts';
import { CelError, type CelResult, type CelValue, NO_SUCH_OVERLOAD, typeName } from '../values/value.ts';
import type { Frame, Step } from './frame.ts';

export interface LoopParts {
  readonly range: Step;
  /** Where the frame has the variable of the loop. */
  readonly slot: number;
  readonly predicate: Step | undefined;
  readonly transform: Step | undefined;
}

/** A loop: `range.macro(variable, …)`. What it costs is what its expansion into a general fold would (placement 5.4.6). */
export function loopStep(macro: LoopMacro, parts: LoopParts): Step {
  const iterate = LOOPS[macro](parts);
  return (frame) => {
    const range = parts.range(frame);
    if (range instanceof CelError) return range;
    const items = itemsOf(range, frame);
    return items instanceof CelError ? items : iterate(items, frame);
  };
}

type Iterate = (items: CelList, frame: Frame) => CelResult;

function itemsOf(range: CelValue, { meter }: Frame): CelList | CelError {
  if (range instanceof CelList) return range;
  if (!(range instanceof CelMap)) return new CelError(`got '${typeName(range)}', expected iterable type`);
  // To list the keys of a large map takes time in proportion to it, also when the loop ends early.
  meter.charge(Math.floor(range.size / 10));
  return new ValueList(range.keys());
}

/** The answer for one element; what is neither true nor false is an error. */
function ask(predicate: Step | undefined, frame: Frame): boolean | CelError {
  if (!predicate) return true;
  const answer = predicate(frame);
  return typeof answer === 'boolean' || answer instanceof CelError ? answer : NO_SUCH_OVERLOAD;
}

/** Looks for an element that decides the matter; errors count only when there is none. */
const quantifier =
  ({ decisive, conditionCost }: { decisive: boolean; conditionCost: number }) =>
  ({ slot, predicate }: LoopParts): Iterate =>
  (items, frame) => {
    let result: boolean | CelError = !decisive;
    for (let index = 0; index < items.size; index += 1) {
      frame.meter.step();
      frame.meter.charge(conditionCost);
      if (result === decisive) break;
      frame.meter.charge(1);
      frame.locals[slot] = items.at(index);
      const answer = ask(predicate, frame);
      if (answer === decisive) result = decisive;
      else if (answer instanceof CelError && !(result instanceof CelError)) result = answer;
    }
    frame.meter.charge(1);
    return result;
  };

const existsOne =
  ({ slot, predicate }: LoopParts): Iterate =>
  (items, frame) => {
    let count = 0;
    for (let index = 0; index < items.size; index += 1) {
      frame.meter.step();
      frame.locals[slot] = items.at(index);
      const answer = ask(predicate, frame);
      if (answer instanceof CelError) return answer;
      if (answer) {
        frame.meter.charge(2);
        count += 1;
      }
    }
    frame.meter.charge(2);
    return count === 1;
  };

const LIST_COST = 10;
/** Adding an element: the list so far, a list of one, and their concatenation. */
const APPEND_COST = 12;

const collect =
  ({ slot, predicate, transform }: LoopParts): Iterate =>
  (items, frame) => {
    const collected: CelValue[] = [];
    frame.meter.charge(LIST_COST);
    for (let index = 0; index < items.size; index += 1) {
      frame.meter.step();
      const item = items.at(index);
      frame.locals[slot] = item;
      const answer = ask(predicate, frame);
      if (answer instanceof CelError) return answer;
      if (!answer) continue;
      frame.meter.charge(transform ? APPEND_COST : APPEND_COST + 1);
      const value = transform ? transform(frame) : item;
      if (value instanceof CelError) return value;
      collected.push(value);
    }
    frame.meter.charge(1);
    return new ValueList(collected);
  };

const LOOPS: Record<LoopMacro, (parts: LoopParts) => Iterate> = {
  all: quantifier({ decisive: false, conditionCost: 2 }),
  exists: quantifier({ decisive: true, conditionCost: 3 }),
  exists_one: existsOne,
  map: collect,
  filter: collect,
};
