import { clusterSetBindingConditions, isConditionTrue, type ManagedClusterSetBinding } from '@ocm/api';
import { compareNames } from './compare-names.ts';

/**
 * The bindings that count for scheduling: those whose own name is that of an existing set, whatever their Bound condition says (placement 4.1).
 *
 * @param bindings those of one namespace
 */
export function validBindings(
  bindings: readonly ManagedClusterSetBinding[],
  setExists: (set: string) => boolean,
): readonly ManagedClusterSetBinding[] {
  return bindings.filter(({ metadata }) => setExists(metadata.name));
}

/** The bindings whose Bound condition is True, which is stricter than `validBindings` (placement 18.1 c). */
export function boundBindings(bindings: readonly ManagedClusterSetBinding[]): readonly ManagedClusterSetBinding[] {
  return bindings.filter(({ status }) => isConditionTrue(status?.conditions, clusterSetBindingConditions.bound.type));
}

/**
 * The sets that a Placement may draw from: those bound, and of them only the wanted ones when any are named (placement 4.2).
 *
 * @returns names, each once, ascending
 */
export function eligibleSets(
  bindings: readonly ManagedClusterSetBinding[],
  wanted: readonly string[] | undefined,
): readonly string[] {
  const named = new Set(wanted);
  const bound = new Set(bindings.map(({ metadata }) => metadata.name));
  return [...bound].filter((set) => named.size === 0 || named.has(set)).toSorted(compareNames);
}
