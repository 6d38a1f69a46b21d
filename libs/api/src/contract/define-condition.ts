import type { ConditionStatus } from '../meta.ts';

/** What is fixed about one outcome of a condition. What is left out depends on the case. */
export interface ConditionOutcome {
  readonly status?: ConditionStatus;
  readonly reason: string;
  readonly message?: string;
}

/** A condition type with its outcomes; each outcome carries the type, so that it can be spread into a condition. */
export type ConditionContract<Type extends string, Outcomes> = { readonly type: Type } & {
  readonly [Name in keyof Outcomes]: Outcomes[Name] & { readonly type: Type };
};

/** Puts the type into each outcome. */
export function defineCondition<
  const Type extends string,
  const Outcomes extends Readonly<Record<string, ConditionOutcome>>,
>(type: Type, outcomes: Outcomes): ConditionContract<Type, Outcomes> {
  const entries = Object.entries(outcomes).map(([name, outcome]) => [name, { type, ...outcome }]);
  return { ...Object.fromEntries(entries), type };
}
