import { isDeleting, type ManagedCluster, type ManagedClusterSet, type ManagedClusterSetBinding } from '@ocm/api';
import { clustersOfSet, eligibleSets, validBindings } from '@ocm/fleet';

/** The clusters that a Placement may draw from, or why nobody can tell. */
export type Availability =
  | {
      readonly kind: 'known';
      /** Whether the namespace has any valid binding. */
      readonly isBound: boolean;
      /** Names of the eligible sets, ascending. */
      readonly sets: readonly string[];
      readonly clusters: readonly ManagedCluster[];
    }
  | { readonly kind: 'failed'; readonly message: string };

export interface AvailabilitySources {
  /** Bindings of the Placement's namespace. */
  readonly bindings: readonly ManagedClusterSetBinding[];
  readonly findSet: (name: string) => ManagedClusterSet | undefined;
  readonly clusters: readonly ManagedCluster[];
}

/**
 * Section 4: the union of the eligible sets' members without those being deleted.
 *
 * @param wanted `spec.clusterSets`
 */
export function availableClusters(
  wanted: readonly string[] | undefined,
  { bindings, findSet, clusters }: AvailabilitySources,
): Availability {
  const valid = validBindings(bindings, (set) => findSet(set) !== undefined);
  const sets = eligibleSets(valid, wanted);
  const found = new Map<string, ManagedCluster>();
  for (const name of sets) {
    const set = findSet(name);
    if (set === undefined) continue;
    const members = clustersOfSet(set, clusters);
    if (members.kind === 'broken') {
      return { kind: 'failed', message: `failed to get clusters from ClusterSet ${name}: ${members.problem}` };
    }
    for (const cluster of members.clusters) {
      if (!isDeleting(cluster)) found.set(cluster.metadata.name, cluster);
    }
  }
  return { kind: 'known', isBound: valid.length > 0, sets, clusters: [...found.values()] };
}
