import { CelError, CelOptional, NO_SUCH_OVERLOAD, NONE } from '../values/value.ts';
import type { Step } from './frame.ts';

/** Members of optionals whose argument is evaluated only when the optional holds nothing, and what they give of one that does. */
export const ALTERNATIVES: ReadonlyMap<string, 'optional' | 'value'> = new Map([
  ['or', 'optional'],
  ['orValue', 'value'],
]);

export function alternativeStep(
  target: Step,
  { other, unwrap }: { readonly other: Step; readonly unwrap: boolean },
): Step {
  return (frame) => {
    const optional = target(frame);
    if (optional instanceof CelError) return optional;
    if (!(optional instanceof CelOptional)) return NO_SUCH_OVERLOAD;
    if (optional.held === undefined) return other(frame);
    return unwrap ? optional.held : optional;
  };
}

interface OptionalMapping {
  readonly slot: number;
  readonly flat: boolean;
  readonly body: Step;
}

/** Costs of the expansion, which asks the target twice: `hasValue`, `none`; and with a value a loop of one step, `value` and `of`. */
const ABSENT_COST = 2;
const PRESENT_COST = 12;

export function optionalMapStep(target: Step, { slot, flat, body }: OptionalMapping): Step {
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
