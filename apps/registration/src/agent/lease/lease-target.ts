import { clusterConditions, isConditionTrue, type ManagedCluster } from '@ocm/api';
import type { LeaseTarget } from './renew-loop.ts';

const DEFAULT_DURATION_SECONDS = 60;

/** The lease that the agent has to renew; `undefined` while its cluster is not accepted (registration 11.1). */
export function leaseTarget(cluster: ManagedCluster): LeaseTarget | undefined {
  if (!isConditionTrue(cluster.status?.conditions, clusterConditions.hubAccepted.type)) return undefined;
  return { cluster: cluster.metadata.name, durationMs: leaseDurationMs(cluster) };
}

/** How often the lease of a cluster is to be renewed, in milliseconds; that of a cluster of which nothing is known. */
export function leaseDurationMs(cluster: ManagedCluster | undefined): number {
  // 0 counts as not given (registration 2.1).
  return (cluster?.spec?.leaseDurationSeconds || DEFAULT_DURATION_SECONDS) * 1000;
}
