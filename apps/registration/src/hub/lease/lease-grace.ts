import type { ManagedCluster } from '@ocm/api';

const DEFAULT_DURATION_SECONDS = 60;
const GRACE_DURATIONS = 5;

/** How long an agent may stay silent, and how far its clock may be off, in milliseconds: five lease durations; 0 stands for 60 s (registration 11.2, 11.3). */
export function leaseGraceMs(cluster: ManagedCluster): number {
  return (cluster.spec?.leaseDurationSeconds || DEFAULT_DURATION_SECONDS) * GRACE_DURATIONS * 1000;
}
