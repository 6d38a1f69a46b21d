import { clusterConditions, findCondition, type ManagedCluster } from '@ocm/api';

/** While the hub finds the agent's clock wrong, no status of the agent may be believed (registration 11.3). */
export function mayWriteStatus({ status }: ManagedCluster): boolean {
  return findCondition(status?.conditions, clusterConditions.clockSynced.type)?.status !== 'False';
}
