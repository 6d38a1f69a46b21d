import {
  automaticTaints,
  clusterConditions,
  type ConditionStatus,
  findCondition,
  type ManagedCluster,
  type Taint,
} from '@ocm/api';

export type TaintPlan = { readonly kind: 'keep' } | { readonly kind: 'replace'; readonly taints: readonly Taint[] };

const { unavailable, unreachable } = automaticTaints;

const BY_AVAILABILITY: Readonly<Record<ConditionStatus, Taint | undefined>> = {
  True: undefined,
  False: unavailable,
  Unknown: unreachable,
};

/** Which taints a cluster should carry, given its Available condition (registration 11.6). User taints and their order stay. */
export function decideTaints(cluster: ManagedCluster): TaintPlan {
  const present = cluster.spec?.taints ?? [];
  const available = findCondition(cluster.status?.conditions, clusterConditions.available.type);
  const wanted = BY_AVAILABILITY[available?.status ?? 'Unknown'];
  const kept = present.filter((taint) => !isAutomatic(taint) || (wanted !== undefined && isSameTaint(taint, wanted)));
  const isMissing = wanted !== undefined && !kept.some((taint) => isSameTaint(taint, wanted));
  if (kept.length === present.length && !isMissing) return { kind: 'keep' };
  return { kind: 'replace', taints: isMissing ? [...kept, wanted] : kept };
}

function isAutomatic(taint: Taint): boolean {
  return isSameTaint(taint, unavailable) || isSameTaint(taint, unreachable);
}

/** `timeAdded` does not count, and an absent value is an empty one. */
function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect && (a.value ?? '') === (b.value ?? '');
}
