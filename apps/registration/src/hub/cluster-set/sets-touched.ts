import { type ManagedCluster, type ManagedClusterSet, semanticEqual } from '@ocm/api';
import { isMember } from '@ocm/fleet';
import type { ObjectEvent } from '@ocm/kube';
import type { MembershipReader } from './memberships.ts';

/** The sets that gain or lose a member by an event of a cluster. */
export function setsTouched(
  event: ObjectEvent<ManagedCluster>,
  sets: readonly ManagedClusterSet[],
  membershipOf: MembershipReader,
): readonly string[] {
  if (event.type === 'resync') return [];
  if (event.type === 'updated' && isSameLabels(event.previous, event.object)) return [];
  const before = event.type === 'updated' ? event.previous : event.type === 'deleted' ? event.object : undefined;
  const after = event.type === 'deleted' ? undefined : event.object;
  const touched = sets.filter((set) => {
    const membership = membershipOf(set);
    const [was, is] = [before, after].map(
      (cluster) => cluster !== undefined && isMember(membership, cluster.metadata.labels),
    );
    return was !== is;
  });
  return touched.map(({ metadata }) => metadata.name);
}

function isSameLabels(a: ManagedCluster, b: ManagedCluster): boolean {
  return semanticEqual(a.metadata.labels, b.metadata.labels);
}
