import { isDeleting, type ManagedCluster, type ManagedClusterSet, type ManagedClusterSetBinding } from '@ocm/api';
import { clustersOfSet, eligibleSets, setMembership, validBindings } from '@ocm/fleet';

/** The sets that a Placement may draw from. */
export interface SetEligibility {
  readonly kind: 'known';
  /** Whether the namespace has any valid binding. */
  readonly isBound: boolean;
  /** Names of the eligible sets, ascending. */
  readonly sets: readonly string[];
}

/** Nobody can tell which clusters a Placement may draw from. */
interface Unavailable {
  readonly kind: 'failed';
  readonly message: string;
}

/** The clusters that a Placement may draw from, or why nobody can tell. */
export type Availability = (SetEligibility & { readonly clusters: readonly ManagedCluster[] }) | Unavailable;

export interface SetSources {
  /** Bindings of the Placement's namespace. */
  readonly bindings: readonly ManagedClusterSetBinding[];
  readonly findSet: (name: string) => ManagedClusterSet | undefined;
}

export interface AvailabilitySources extends SetSources {
  readonly clusters: readonly ManagedCluster[];
}

/**
 * Sections 4.1 and 4.2: the sets that are bound and wanted. A set whose members nobody can tell fails them all.
 *
 * @param wanted `spec.clusterSets`
 */
export function eligibility(
  wanted: readonly string[] | undefined,
  { bindings, findSet }: SetSources,
): SetEligibility | Unavailable {
  const valid = validBindings(bindings, (set) => findSet(set) !== undefined);
  const sets = eligibleSets(valid, wanted);
  for (const name of sets) {
    const set = findSet(name);
    const membership = set && setMembership(set);
    if (membership?.kind === 'broken') {
      return { kind: 'failed', message: `failed to get clusters from ClusterSet ${name}: ${membership.problem}` };
    }
  }
  return { kind: 'known', isBound: valid.length > 0, sets };
}

/**
 * Section 4: the union of the eligible sets' members without those being deleted.
 *
 * @param wanted `spec.clusterSets`
 */
export function availableClusters(wanted: readonly string[] | undefined, sources: AvailabilitySources): Availability {
  const eligible = eligibility(wanted, sources);
  if (eligible.kind === 'failed') return eligible;
  const found = new Map<string, ManagedCluster>();
  for (const name of eligible.sets) {
    const set = sources.findSet(name);
    const members = set && clustersOfSet(set, sources.clusters);
    if (members?.kind !== 'members') continue;
    for (const cluster of members.clusters) {
      if (!isDeleting(cluster)) found.set(cluster.metadata.name, cluster);
    }
  }
  return { ...eligible, clusters: [...found.values()] };
}
