import type { Runtime } from '../plan/runtime.ts';
import type { Type } from '../types/type.ts';
import type { CelResult, CelValue } from '../values/value.ts';

/** One way to call a function. */
export interface Overload {
  /** Types of the arguments; of the receiver first, when it is called as a member. */
  readonly parameters: readonly Type[];
  readonly result: Type;
  /** `receiver.name(…)` rather than `name(…)`. */
  readonly member: boolean;
  /** What a call costs, by placement 5.4.6; 1 when left out. Charged before the call. */
  readonly cost?: (args: readonly CelValue[]) => number;
  /** Which argument is a regular expression; one that is a text in the expression is compiled, or refused, ahead of evaluation. */
  readonly patternArgument?: number;
  /** @param args as many as parameters, and of their types; elements of lists and maps may be of any type */
  readonly call: (args: readonly CelValue[], runtime: Runtime) => CelResult;
}

export interface FunctionDeclaration {
  /** May be qualified, such as `optional.of`. */
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** Functions, and names of types, that an environment can take in. Overloads of one name add up across libraries. */
export interface Library {
  readonly functions: readonly FunctionDeclaration[];
  /** What may be written as a value, such as `net.IP`. */
  readonly types?: readonly Type[];
}
