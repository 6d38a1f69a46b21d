import {
  isDeleting,
  type ManagedCluster,
  type ManagedClusterSet,
  type ManagedNamespaceStatus,
  semanticEqual,
} from '@ocm/api';
import { compareNames, isMember } from '@ocm/fleet';
import type { MembershipReader } from '../cluster-set/memberships.ts';

export type ManagedNamespacesPlan =
  { readonly kind: 'keep' } | { readonly kind: 'write'; readonly namespaces: readonly ManagedNamespaceStatus[] };

/**
 * The namespaces that the sets of a cluster want on it (registration 13), by set and name. What the agent has said about an entry stays.
 * Of a set whose selector is broken nobody can tell; its entries stay as they are.
 */
export function planManagedNamespaces(
  cluster: ManagedCluster,
  sets: readonly ManagedClusterSet[],
  membershipOf: MembershipReader,
): ManagedNamespacesPlan {
  if (isDeleting(cluster)) return { kind: 'keep' };
  const present = cluster.status?.managedNamespaces ?? [];
  const wanted = sets
    .filter((set) => !isDeleting(set))
    .flatMap((set) => {
      const { name: clusterSet } = set.metadata;
      const membership = membershipOf(set);
      if (membership.kind === 'broken') return present.filter((entry) => entry.clusterSet === clusterSet);
      if (!isMember(membership, cluster.metadata.labels)) return [];
      return (set.spec?.managedNamespaces ?? []).map(({ name }) => entryOf({ clusterSet, name }, present));
    })
    .toSorted((a, b) => compareNames(a.clusterSet, b.clusterSet) || compareNames(a.name, b.name));
  return semanticEqual(present, wanted) ? { kind: 'keep' } : { kind: 'write', namespaces: wanted };
}

function entryOf(
  wanted: Pick<ManagedNamespaceStatus, 'clusterSet' | 'name'>,
  present: readonly ManagedNamespaceStatus[],
): ManagedNamespaceStatus {
  return present.find(({ clusterSet, name }) => clusterSet === wanted.clusterSet && name === wanted.name) ?? wanted;
}
