import { type ManagedCluster, type ManagedClusterSet, semanticEqual } from '@ocm/api';
import { isMember } from '@ocm/fleet';
import { type Controller, defineController, done, type ObjectEvent } from '@ocm/kube';
import { membershipReader, type MembershipReader } from '../cluster-set/memberships.ts';
import { byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { planManagedNamespaces } from './plan-managed-namespaces.ts';

type ManagedNamespacesContext = Pick<HubContext, 'clusters' | 'clusterSets'>;

/** Tells each cluster in its status which namespaces its sets want there. */
export function managedNamespacesController({ clusters, clusterSets }: ManagedNamespacesContext): Controller {
  const membershipOf = membershipReader();
  return defineController({
    name: 'managed-namespace-controller',
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      clusterSets.cache.events((event) => clustersTouched(event, clusters.cache, membershipOf)),
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined) return done();
      const plan = planManagedNamespaces(cluster, clusterSets.cache.list(), membershipOf);
      if (plan.kind === 'write') {
        const status = { ...cluster.status, managedNamespaces: plan.namespaces };
        await clusters.live.patchStatus(cluster, status, { signal });
      }
      return done();
    },
  });
}

function whatDecides({ metadata, status }: ManagedCluster): unknown {
  const entries = status?.managedNamespaces?.map(({ clusterSet, name }) => `${clusterSet}/${name}`);
  return { uid: metadata.uid, labels: metadata.labels, entries };
}

/** The clusters that have or get namespaces of a set: those whose status mentions it, and its members if it wants any. */
function clustersTouched(
  event: ObjectEvent<ManagedClusterSet>,
  clusters: ManagedNamespacesContext['clusters']['cache'],
  membershipOf: MembershipReader,
): readonly string[] {
  const { object: set } = event;
  if (event.type === 'updated' && isSameDemand(event.previous, set)) return [];
  const mentioned = clusters.by('managedSet', set.metadata.name);
  const membership = membershipOf(set);
  const wantsNone = (set.spec?.managedNamespaces ?? []).length === 0;
  const members = wantsNone ? [] : clusters.list().filter(({ metadata }) => isMember(membership, metadata.labels));
  return [...mentioned, ...members].map(({ metadata }) => metadata.name);
}

function isSameDemand(a: ManagedClusterSet, b: ManagedClusterSet): boolean {
  return a.metadata.deletionTimestamp === b.metadata.deletionTimestamp && semanticEqual(a.spec, b.spec);
}
