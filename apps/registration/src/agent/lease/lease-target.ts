import { clusterConditions, isConditionTrue, type ManagedCluster } from '@ocm/api';
import type { LeaseTarget } from './renew-loop.ts';

const DEFAULT_DURATION_SECONDS = 60;

/** The lease that the agent has to renew; `undefined` while its cluster is not accepted (registration 11.1). */
export function leaseTarget(cluster: ManagedCluster): LeaseTarget | undefined {
  if (!isConditionTrue(cluster.status?.conditions, clusterConditions.hubAccepted.type)) return undefined;
  // 0 counts as not given (registration 2.1).
  const seconds = cluster.spec?.leaseDurationSeconds || DEFAULT_DURATION_SECONDS;
  return { cluster: cluster.metadata.name, durationMs: seconds * 1000 };
}
