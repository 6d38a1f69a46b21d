import {
  type ClusterProfile,
  type ManagedCluster,
  type ManagedClusterSet,
  type ManagedClusterSetBinding,
  Namespace,
  semanticEqual,
} from '@ocm/api';
import { isMember } from '@ocm/fleet';
import { type Controller, defineController, done, isKubeError, type ObjectEvent } from '@ocm/kube';
import { membershipReader, type MembershipReader } from '../cluster-set/memberships.ts';
import { throttled } from '../cluster-set/throttled.ts';
import type { HubContext, Watched } from '../hub-context.ts';
import { planProfiles, type ProfileFacts, profileOf } from './plan-profiles.ts';

export type ProfileContext = Pick<
  HubContext,
  'client' | 'clusters' | 'clusterSets' | 'setBindings' | 'clock' | 'settings'
> & {
  readonly profiles: Watched<ClusterProfile, 'namespace' | 'name'>;
};

/** Keeps one ClusterProfile for each cluster in each namespace that has bound a set of the cluster. */
export function profileLifecycleController(context: ProfileContext): Controller {
  const { clusters, clusterSets, setBindings, profiles, clock, settings } = context;
  const membershipOf = membershipReader();
  const boundTo = (sets: readonly string[]): readonly string[] => [
    ...new Set(sets.flatMap((set) => setBindings.cache.by('clusterSet', set).map(namespaceOf))),
  ];
  return defineController({
    name: 'ClusterProfileLifecycleController',
    watches: [
      setBindings.cache.events(({ object }) => namespaceOf(object)),
      clusterSets.cache.events(({ object }) => boundTo([object.metadata.name])),
      throttled(
        clusters.cache.events((event) => boundTo(setsConcerned(event, clusterSets.cache.list(), membershipOf))),
        { intervalMs: settings.setCountIntervalMs, clock },
      ),
      profiles.cache.events(({ type, object }) => (type === 'updated' ? undefined : namespaceOf(object))),
    ],
    async reconcile(namespace, signal) {
      const facts: ProfileFacts = {
        bindings: setBindings.cache.by('namespace', namespace),
        findSet: (name) => clusterSets.cache.get(name),
        clusters: clusters.cache.list(),
        profiles: profiles.cache.by('namespace', namespace),
        membershipOf,
      };
      const { create, remove } = planProfiles(facts);
      if (create.length === 0 && remove.length === 0) return done();
      if (!(await isActive(context, namespace, signal))) return done();
      const failures = await attempt(create, (name) => createProfile(context, profileOf(name, namespace), signal));
      const surplus = await confirm(context, { ...facts, profiles: remove }, { namespace, signal });
      failures.push(...(await attempt(surplus, (profile) => removeProfile(context, profile, signal))));
      if (failures.length > 0)
        throw new AggregateError(failures, `profiles in namespace ${namespace} are not complete`);
      return done();
    },
  });
}

/** The sets that a cluster is or was in, when something about it has changed that its profiles depend on. */
function setsConcerned(
  event: ObjectEvent<ManagedCluster>,
  sets: readonly ManagedClusterSet[],
  membershipOf: MembershipReader,
): readonly string[] {
  const before = event.type === 'updated' ? event.previous : event.object;
  const after = event.object;
  if (event.type === 'updated' && semanticEqual(whatDecides(before), whatDecides(after))) return [];
  return sets
    .filter((set) => [before, after].some(({ metadata }) => isMember(membershipOf(set), metadata.labels)))
    .map(({ metadata }) => metadata.name);
}

function whatDecides({ metadata: { labels, deletionTimestamp } }: ManagedCluster): unknown {
  return { labels, deletionTimestamp };
}

function namespaceOf({ metadata: { namespace = '' } }: ManagedClusterSetBinding | ClusterProfile): string {
  return namespace;
}

async function isActive({ client }: ProfileContext, name: string, signal: AbortSignal): Promise<boolean> {
  const namespace = await client.kind(Namespace).find(name, { signal });
  return namespace !== undefined && namespace.status?.phase !== 'Terminating';
}

/** Those that are surplus by what the server says now: what a cache says is not enough to delete something. */
async function confirm(
  { clusters, clusterSets, setBindings }: ProfileContext,
  { profiles, membershipOf }: ProfileFacts,
  { namespace, signal }: { readonly namespace: string; readonly signal: AbortSignal },
): Promise<readonly ClusterProfile[]> {
  if (profiles.length === 0) return [];
  const bindings: ManagedClusterSetBinding[] = [];
  for await (const { items } of setBindings.live.list({ namespace, signal })) bindings.push(...items);
  const names = [...new Set(bindings.map(({ spec }) => spec?.clusterSet ?? ''))];
  const sets = new Map(
    await Promise.all(names.map(async (name) => [name, await clusterSets.live.find(name, { signal })] as const)),
  );
  const found = await Promise.all(profiles.map(({ metadata }) => clusters.live.find(metadata.name, { signal })));
  return planProfiles({
    bindings,
    findSet: (name) => sets.get(name),
    clusters: found.filter((cluster) => cluster !== undefined),
    profiles,
    membershipOf,
  }).remove;
}

async function createProfile(
  { profiles }: ProfileContext,
  profile: ClusterProfile,
  signal: AbortSignal,
): Promise<void> {
  try {
    await profiles.live.create(profile, { signal });
  } catch (error) {
    if (!isKubeError(error, 'exists')) throw error;
    const { namespace, name, labels } = profile.metadata;
    const present = await profiles.live.find({ namespace, name }, { signal });
    // Ours already when only the cache was behind.
    const isOwn = Object.entries(labels ?? {}).every(([key, value]) => present?.metadata.labels?.[key] === value);
    if (!isOwn) throw error;
  }
}

async function removeProfile(
  { profiles }: ProfileContext,
  { metadata }: ClusterProfile,
  signal: AbortSignal,
): Promise<void> {
  try {
    await profiles.live.delete(metadata, { uid: metadata.uid, signal });
  } catch (error) {
    if (!isKubeError(error, 'not-found')) throw error;
  }
}

/** Does the job for each item, also when some fail, and returns what went wrong. */
async function attempt<T>(items: readonly T[], job: (item: T) => Promise<void>): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const item of items) await job(item).catch((error: unknown) => failures.push(error));
  return failures;
}
