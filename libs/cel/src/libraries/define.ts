import type { Runtime } from '../plan/runtime.ts';
import type { Type } from '../types/type.ts';
import type { CelResult, CelValue } from '../values/value.ts';
import type { Overload } from './library.ts';

interface Definition<Arguments extends readonly CelValue[]> {
  readonly parameters: readonly Type[];
  readonly result: Type;
  readonly cost?: (args: Arguments) => number;
  readonly patternArgument?: number;
  readonly call: (args: Arguments, runtime: Runtime) => CelResult;
}

/** A way to call a function as `receiver.name(…)`. `Arguments` says for the compiler what `parameters` say for the checker. */
export function member<Arguments extends readonly CelValue[]>(definition: Definition<Arguments>): Overload {
  return { ...definition, member: true } as unknown as Overload;
}

/** A way to call a function as `name(…)`. */
export function global<Arguments extends readonly CelValue[]>(definition: Definition<Arguments>): Overload {
  return { ...definition, member: false } as unknown as Overload;
}
