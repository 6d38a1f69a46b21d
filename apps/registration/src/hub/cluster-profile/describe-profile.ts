import {
  clusterConditions,
  type ClusterProfile,
  clusterProfileConditions,
  clusterProfileManager,
  type ClusterProfileStatus,
  findCondition,
  labels,
  type ManagedCluster,
  setCondition,
} from '@ocm/api';

/** Which condition of a cluster each condition of its profiles repeats. */
const REPEATED = [
  { from: clusterConditions.available.type, as: clusterProfileConditions.controlPlaneHealthy.type },
  { from: clusterConditions.joined.type, as: clusterProfileConditions.joined.type },
] as const;

/** Whether a profile is the hub's own; those of other inventories are left alone. */
export function isOurs({ spec }: ClusterProfile): boolean {
  return spec.clusterManager.name === clusterProfileManager;
}

/** The status of a profile of the cluster (registration 20). What others write there, such as access providers, stays. */
export function profileStatus(
  { status: of = {} }: ManagedCluster,
  present: ClusterProfileStatus | undefined,
  now: Date,
): ClusterProfileStatus {
  const { kubernetes } = of.version ?? {};
  const properties = (of.clusterClaims ?? []).map(({ name = '', value = '' }) => ({ name, value }));
  const conditions = REPEATED.reduce((all, { from, as }) => {
    const seen = findCondition(of.conditions, from);
    if (seen === undefined) return all;
    const { status, reason, message } = seen;
    return setCondition(all, { type: as, status, reason, message }, now);
  }, present?.conditions ?? []);
  return { ...present, ...(kubernetes === undefined ? {} : { version: { kubernetes } }), properties, conditions };
}

/** The labels of a profile of the cluster. */
export function profileLabels({ metadata }: ManagedCluster): Readonly<Record<string, string>> {
  return {
    [labels.clusterProfileManager]: clusterProfileManager,
    [labels.clusterProfileSet]: metadata.labels?.[labels.clusterSet] ?? '',
    [labels.clusterName]: metadata.name,
  };
}
