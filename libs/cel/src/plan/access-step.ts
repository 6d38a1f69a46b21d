import type { Expression, Select } from '../syntax/expression.ts';
import { elementOf, hasMember, optionalElementOf } from '../values/access.ts';
import { CelError, type CelResult, type CelValue } from '../values/value.ts';
import type { Step } from './frame.ts';

export const ACCESS: Record<Select['mode'], (operand: CelValue, field: string) => CelResult> = {
  plain: elementOf,
  optional: optionalElementOf,
  test: hasMember,
};

export const INDEX = new Map([
  ['_[_]', elementOf],
  ['_[?_]', optionalElementOf],
]);

/** Going into what an identifier leads to costs 1; into anything else one more, for having it at hand. */
export function accessCost(operand: Expression): number {
  const isPath = operand.kind === 'identifier' || operand.kind === 'select';
  return isPath || (operand.kind === 'call' && INDEX.has(operand.name)) ? 1 : 2;
}

export function localStep(slot: number): Step {
  return ({ meter, locals }) => {
    meter.charge(1);
    return locals[slot] ?? null;
  };
}

export function variableStep(index: number, name: string): Step {
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

export function accessStep(operand: Step, { field, cost, access }: Access): Step {
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

export function indexStep([operand, key]: readonly [Step, Step], { cost, find }: Indexing): Step {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof CelError) return value;
    const index = key(frame);
    if (index instanceof CelError) return index;
    frame.meter.charge(cost);
    return find(value, index);
  };
}
