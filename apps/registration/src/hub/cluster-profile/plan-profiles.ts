import {
  type ClusterProfile,
  clusterProfileManager,
  isDeleting,
  labels,
  type ManagedCluster,
  type ManagedClusterSet,
  type ManagedClusterSetBinding,
} from '@ocm/api';
import { boundBindings, compareNames, isMember } from '@ocm/fleet';
import type { MembershipReader } from '../cluster-set/memberships.ts';

/** What the profiles of one namespace follow from. */
export interface ProfileFacts {
  /** All bindings of the namespace. */
  readonly bindings: readonly ManagedClusterSetBinding[];
  readonly findSet: (name: string) => ManagedClusterSet | undefined;
  readonly clusters: readonly ManagedCluster[];
  /** All profiles of the namespace, whoever keeps them. */
  readonly profiles: readonly ClusterProfile[];
  readonly membershipOf: MembershipReader;
}

export interface ProfilePlan {
  /** Names of clusters. */
  readonly create: readonly string[];
  readonly remove: readonly ClusterProfile[];
}

/**
 * Which profiles a namespace lacks and which it has too many of: one for each cluster of the sets that are bound there (registration 20).
 * While the selector of a bound set is broken nothing is removed, for nobody knows its members.
 */
export function planProfiles({ bindings, findSet, clusters, profiles, membershipOf }: ProfileFacts): ProfilePlan {
  const sets = boundBindings(bindings.filter((binding) => !isDeleting(binding))).flatMap(
    ({ spec }) => findSet(spec?.clusterSet ?? '') ?? [],
  );
  const memberships = sets.map(membershipOf);
  const wanted = new Set(
    clusters
      .filter((cluster) => !isDeleting(cluster))
      .filter(({ metadata }) => memberships.some((membership) => isMember(membership, metadata.labels)))
      .map(({ metadata }) => metadata.name),
  );
  const managed = profiles.filter(isLabelled);
  const names = new Set(managed.map(({ metadata }) => metadata.name));
  const isUnclear = memberships.some(({ kind }) => kind === 'broken');
  return {
    create: [...wanted].filter((name) => !names.has(name)).toSorted(compareNames),
    remove: isUnclear ? [] : managed.filter((profile) => !wanted.has(profile.metadata.name) && !isDeleting(profile)),
  };
}

/** The profile of a cluster, as it is created. */
export function profileOf(cluster: string, namespace: string): ClusterProfile {
  return {
    metadata: {
      name: cluster,
      namespace,
      labels: { [labels.clusterProfileManager]: clusterProfileManager, [labels.clusterName]: cluster },
    },
    spec: { displayName: cluster, clusterManager: { name: clusterProfileManager } },
  };
}

function isLabelled({ metadata }: ClusterProfile): boolean {
  return metadata.labels?.[labels.clusterProfileManager] === clusterProfileManager;
}
