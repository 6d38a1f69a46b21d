import {
  addOnConditions,
  clusterConditions,
  type ConditionUpdate,
  findCondition,
  type ManagedCluster,
  type ManagedClusterAddOn,
} from '@ocm/api';

/**
 * The Available condition to write on an add-on because of its cluster, or `undefined` when the cluster says nothing about it: nobody
 * can know how an add-on is on a cluster that is not heard of, whatever its health check mode (registration 19).
 */
export function judgeAddOn(cluster: ManagedCluster, addOn: ManagedClusterAddOn): ConditionUpdate | undefined {
  const lost = findCondition(cluster.status?.conditions, clusterConditions.available.type);
  if (lost?.status !== 'Unknown') return undefined;
  const { type } = addOnConditions.available;
  const { status, reason, message } = lost;
  const present = findCondition(addOn.status?.conditions, type);
  const isSaid = present?.status === status && present.reason === reason && present.message === message;
  return isSaid ? undefined : { type, status, reason, message };
}
