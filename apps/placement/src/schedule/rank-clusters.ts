import type { ManagedCluster, Taint } from '@ocm/api';
import { compareNames } from '@ocm/fleet';

/** A feasible cluster with its place in the order. */
export interface RankedCluster {
  readonly cluster: ManagedCluster;
  /** Sum of weight times score. */
  readonly total: number;
  /** The untolerated PreferNoSelect taint that puts it behind all clusters without one. */
  readonly avoided: Taint | undefined;
}

/**
 * Best first: without an untolerated PreferNoSelect taint before with one, then by total, then by name (placement 6.6).
 */
export function rankClusters(clusters: readonly RankedCluster[]): readonly RankedCluster[] {
  return clusters.toSorted(
    (a, b) =>
      Number(a.avoided !== undefined) - Number(b.avoided !== undefined) ||
      b.total - a.total ||
      compareNames(a.cluster.metadata.name, b.cluster.metadata.name),
  );
}
