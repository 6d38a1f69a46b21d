import type { Overload } from '../libraries/library.ts';
import { valueTypeName } from '../types/type.ts';
import { CelError, type CelResult, type CelValue, NO_SUCH_OVERLOAD, typeName } from '../values/value.ts';
import type { Frame, Step } from './frame.ts';

/** A call of the first of these overloads that the arguments fit at run time. */
export function callStep(overloads: readonly Overload[], args: readonly Step[]): Step {
  const dispatch = dispatcher(overloads);
  const [first, second] = args;
  if (first && args.length === 1) return unary(first, dispatch);
  if (first && second && args.length === 2) return binary(first, second, dispatch);
  return (frame) => {
    const values: CelValue[] = [];
    for (const arg of args) {
      const value = arg(frame);
      if (value instanceof CelError) return value;
      values.push(value);
    }
    return dispatch(values, frame);
  };
}

type Dispatch = (args: readonly CelValue[], frame: Frame) => CelResult;

const unary =
  (operand: Step, dispatch: Dispatch): Step =>
  (frame) => {
    const value = operand(frame);
    return value instanceof CelError ? value : dispatch([value], frame);
  };

function binary(left: Step, right: Step, dispatch: Dispatch): Step {
  return (frame) => {
    const one = left(frame);
    if (one instanceof CelError) return one;
    const other = right(frame);
    return other instanceof CelError ? other : dispatch([one, other], frame);
  };
}

function dispatcher(overloads: readonly Overload[]): Dispatch {
  const candidates = overloads.map((overload) => ({ overload, names: overload.parameters.map(valueTypeName) }));
  return (args, frame) => {
    for (const { overload, names } of candidates) {
      if (!fits(args, names)) continue;
      frame.meter.charge(overload.cost ? overload.cost(args) : 1);
      return overload.call(args, frame);
    }
    return NO_SUCH_OVERLOAD;
  };
}

function fits(args: readonly CelValue[], names: readonly (string | undefined)[]): boolean {
  for (const [index, name] of names.entries())
    if (name !== undefined && typeName(args[index] ?? null) !== name) return false;
  return true;
}
