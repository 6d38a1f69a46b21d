import type { ManagedCluster } from '@ocm/api';

const DEFAULT_DURATION_SECONDS = 60;
const GRACE_DURATIONS = 5;

/** How long an agent may stay silent, and how far its clock may be off, in milliseconds: five lease durations (registration 11.2, 11.3). */
export function leaseGraceMs({ spec }: ManagedCluster): number {
  const seconds = spec?.leaseDurationSeconds ?? 0;
  // 0 stands for the default; so does a negative value, which the API does not refuse and which would never let an agent be alive.
  return (seconds > 0 ? seconds : DEFAULT_DURATION_SECONDS) * GRACE_DURATIONS * 1000;
}
