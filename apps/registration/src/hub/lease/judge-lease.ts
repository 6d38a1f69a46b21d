import { clusterConditions, findCondition, isDeleting, type Lease, type ManagedCluster } from '@ocm/api';
import { leaseGraceMs } from './lease-grace.ts';

export type LeaseVerdict =
  /** The hub has never decided about the cluster, so nobody renews a lease. */
  | { readonly kind: 'unwatched' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'alive'; readonly recheckInMs: number }
  /** The agent is silent; the Available condition does not say so yet. */
  | { readonly kind: 'lost'; readonly recheckInMs: number }
  | { readonly kind: 'known-lost'; readonly recheckInMs: number };

const { hubAccepted, available } = clusterConditions;

/** What the lease says about the agent of a cluster at an instant of the hub's clock (registration 11.2). */
export function judgeLease(cluster: ManagedCluster, lease: Lease | undefined, now: Date): LeaseVerdict {
  const conditions = cluster.status?.conditions;
  // A denied cluster has the condition too and stays watched.
  if (findCondition(conditions, hubAccepted.type) === undefined) return { kind: 'unwatched' };
  if (lease === undefined && !isDeleting(cluster)) return { kind: 'missing' };
  const graceMs = leaseGraceMs(cluster);
  const remainingMs = lease === undefined ? 0 : renewedAtMs(lease) + graceMs - now.getTime();
  if (remainingMs > 0) return { kind: 'alive', recheckInMs: remainingMs };
  const isKnown = findCondition(conditions, available.type)?.status === 'Unknown';
  return { kind: isKnown ? 'known-lost' : 'lost', recheckInMs: graceMs };
}

/** A lease that was never renewed counts from its creation. */
function renewedAtMs({ spec, metadata }: Lease): number {
  return Date.parse(spec?.renewTime ?? metadata.creationTimestamp ?? '') || 0;
}
