import {
  clusterConditions,
  type ConditionUpdate,
  finalizers,
  type Kind,
  type KubeObject,
  type ManagedCluster,
  type RoleBinding,
  setCondition,
  withoutFinalizers,
  workRoleBindingName,
} from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  isKubeError,
  type ObjectEvent,
  type Outcome,
  requeueAfter,
} from '@ocm/kube';
import { holdCluster } from '../hold/hold-cluster.ts';
import { byClusterLabel, byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { parseCleanupTypes } from './cleanup-types.ts';
import { planCleanup, planTypeCleanup } from './plan-cleanup.ts';

type CleanupContext = Pick<HubContext, 'client' | 'clusters' | 'roleBindings' | 'clock' | 'log' | 'settings'>;

/** Deletes what lies in the namespace of a deleted cluster, type by type and priority by priority (gate ResourceCleanup). */
export function cleanupController(context: CleanupContext): Controller {
  const { clusters, roleBindings, log, settings } = context;
  const isOn = settings.gates.ResourceCleanup;
  const { kinds, malformed } = parseCleanupTypes(settings.cleanupTypes);
  for (const word of malformed) log.error({ word }, 'ignored in --gc-resource-list: not group/version/resource');
  return defineController({
    name: 'GCController',
    watches: [clusters.cache.events(byNameWhenChanged(whatDecides)), roleBindings.cache.events(byClusterThatWasLeft)],
    async reconcile(name, signal) {
      const seen = clusters.cache.get(name);
      const isAlive = seen !== undefined && planCleanup(seen, isOn).kind !== 'empty';
      // What a cache says is not enough to delete something.
      const cluster = isAlive ? seen : await clusters.live.find(name, { signal });
      const plan = planCleanup(cluster, isOn);
      switch (plan.kind) {
        case 'nothing':
          return done();
        case 'hold':
          await holdCluster(context, plan.cluster, signal);
          return done();
        case 'release':
          return release(context, plan.cluster, signal);
        case 'empty':
          return empty(context, { name, cluster: plan.cluster, kinds }, signal);
      }
    },
  });
}

/** A binding of works that is taken back sooner than this after it was made is not that of a cluster that was in use. */
const LEAST_LIFE_MS = 600_000;

/**
 * A cluster that was removed by force while nobody looked has no events. The binding of its works tells of it: it is taken back when the
 * cluster is not there, and stays until the works are gone. One that is taken back soon after it was made says nothing: whoever restores a
 * hub from a backup may bring it before its cluster.
 */
function byClusterThatWasLeft(event: ObjectEvent<RoleBinding>): string | undefined {
  const cluster = byClusterLabel(event);
  const { namespace, name, creationTimestamp = '', deletionTimestamp = '' } = event.object.metadata;
  if (cluster === undefined || namespace !== cluster || name !== workRoleBindingName(cluster)) return undefined;
  const isBeingDeleted = event.type !== 'deleted' && deletionTimestamp !== '';
  const livedMs = Date.parse(deletionTimestamp) - Date.parse(creationTimestamp);
  return isBeingDeleted && livedMs >= LEAST_LIFE_MS ? cluster : undefined;
}

function whatDecides({ metadata, spec }: ManagedCluster): unknown {
  const { uid, deletionTimestamp } = metadata;
  return { uid, deletionTimestamp, finalizers: metadata.finalizers, accepts: spec?.hubAcceptsClient };
}

interface Emptying {
  readonly name: string;
  readonly cluster: ManagedCluster | undefined;
  readonly kinds: readonly Kind[];
}

async function empty(
  context: CleanupContext,
  { name, cluster, kinds }: Emptying,
  signal: AbortSignal,
): Promise<Outcome> {
  const { deleting } = clusterConditions;
  const { log, settings } = context;
  let seen = cluster;
  const say = async (condition: ConditionUpdate): Promise<void> => {
    seen = await writeCondition(context, seen, { condition, signal });
  };
  try {
    for (const kind of kinds) {
      const cleanup = planTypeCleanup(kind, await objectsOf(context, { kind, namespace: name }, signal));
      if (cleanup.kind === 'empty') continue;
      await say(cleanup.condition);
      for (const object of cleanup.toDelete) await deleteObject(context, { kind, object }, signal);
      return requeueAfter(settings.cleanupRecheckMs);
    }
  } catch (error) {
    if (isKubeError(error, 'conflict') || signal.aborted) throw error;
    await say({ ...deleting.error, message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  await say(deleting.noResource);
  if (seen === undefined) return done();
  log.info({ cluster: name }, 'objects of the cluster are gone');
  return release(context, seen, signal);
}

async function release({ clusters }: CleanupContext, cluster: ManagedCluster, signal: AbortSignal): Promise<Outcome> {
  const rest = withoutFinalizers(cluster.metadata.finalizers, finalizers.clusterResources);
  await clusters.live.patchMetadata(cluster, { finalizers: rest }, { signal });
  return done();
}

/** Says it on the cluster, if there is one. */
async function writeCondition(
  { clusters, clock }: CleanupContext,
  cluster: ManagedCluster | undefined,
  { condition, signal }: { readonly condition: ConditionUpdate; readonly signal: AbortSignal },
): Promise<ManagedCluster | undefined> {
  if (cluster === undefined) return undefined;
  const conditions = setCondition(cluster.status?.conditions, condition, clock.now());
  return clusters.live.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
}

/** All objects of a type in a namespace; none when the type is not served. */
async function objectsOf(
  { client }: CleanupContext,
  { kind, namespace }: { readonly kind: Kind; readonly namespace: string },
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const objects: KubeObject[] = [];
  try {
    for await (const { items } of client.kind(kind).metadata().list({ namespace, signal })) objects.push(...items);
  } catch (error) {
    if (!isKubeError(error, 'not-served', 'not-found')) throw error;
  }
  return objects;
}

async function deleteObject(
  { client }: CleanupContext,
  { kind, object }: { readonly kind: Kind; readonly object: KubeObject },
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name, uid } = object.metadata;
  try {
    await client.kind(kind).delete({ namespace, name }, { uid, signal });
  } catch (error) {
    if (!isKubeError(error, 'not-found')) throw error;
  }
}
