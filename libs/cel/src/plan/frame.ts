import type { CelResult, CelValue } from '../values/value.ts';
import type { Runtime } from './runtime.ts';

/** What the steps of one evaluation work on. */
export interface Frame extends Runtime {
  /** Variables of the environment, in the order of the plan; undefined for one that was not given. */
  readonly variables: readonly (CelValue | undefined)[];
  /** Variables of the loops around, by their depth. */
  readonly locals: CelValue[];
}

/** A piece of an expression, ready to be evaluated. */
export type Step = (frame: Frame) => CelResult;
