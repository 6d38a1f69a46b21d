import { clusterSetBindingConditions, type ConditionUpdate } from '@ocm/api';

/** What the condition Bound says (registration 15). */
export function judgeBinding(setExists: boolean): ConditionUpdate {
  const { bound, setNotFound } = clusterSetBindingConditions.bound;
  return setExists ? bound : setNotFound;
}
