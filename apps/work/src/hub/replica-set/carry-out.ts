import { isDeleting, type KubeObject, labels, type ManifestWork, type ManifestWorkReplicaSet } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import { asError, keyOf } from '@ocm/kube';
import { atOnce } from '../at-once.ts';
import type { ManagerContext } from '../manager-context.ts';
import { desiredWork, newWork, ownerOf } from './desired-work.ts';
import type { PlacementOutcome, WorkFailure } from './placement-outcome.ts';
import type { PlacementPlan, WorkWrite } from './plan-placement.ts';

type CarryContext = Pick<ManagerContext, 'works' | 'placements' | 'slices' | 'quiet' | 'log'>;

/** What came of a plan, and when to look again at what had to be put off. */
export interface CarriedOut extends PlacementOutcome {
  readonly deferredMs?: number;
}

/** Does what a plan for one Placement says (work 12.4 e, f). The failure of one cluster does not keep others waiting. */
export async function carryOut(
  context: CarryContext,
  { set, plan }: { readonly set: ManifestWorkReplicaSet; readonly plan: PlacementPlan },
  signal: AbortSignal,
): Promise<CarriedOut> {
  const writing = await writeWorks(context, { set, plan }, signal);
  const clearing = await clearUnselected(context, plan, signal);
  const surplus = await deleteSurplus(context, { set, plan }, signal);
  return {
    plan,
    written: writing.written,
    failures: [...writing.failures, ...clearing.failures, ...surplus],
    ...(clearing.deferredMs === undefined ? {} : { deferredMs: clearing.deferredMs }),
  };
}

async function writeWorks(
  { works, log }: CarryContext,
  { set, plan }: { readonly set: ManifestWorkReplicaSet; readonly plan: PlacementPlan },
  signal: AbortSignal,
): Promise<Pick<PlacementOutcome, 'written' | 'failures'>> {
  const placement = plan.ref.name;
  const desired = desiredWork(set, placement);
  const sent: string[] = [];
  const write = async (each: WorkWrite): Promise<void> => {
    const { kind, cluster } = each;
    if (each.kind === 'create') await works.create(newWork(set, { placement, cluster }), { signal });
    else if (!(await works.update(each.work, desired, { signal }))) return;
    sent.push(cluster);
    log.debug({ replicaSet: keyOf(set), placement, cluster, kind }, 'work written');
  };
  // What the cache does not know yet must not come to be twice.
  const isThere = await clustersWithWork(works, { set, plan }, signal);
  const writes = plan.writes.filter(({ kind, cluster }) => kind === 'update' || !isThere.has(cluster));
  const failures = failuresOf(await atOnce(writes, write), ({ cluster }) => cluster);
  if (sent.length > 0) log.info({ replicaSet: keyOf(set), placement, works: sent.length }, 'works written');
  const failed = new Set(failures.map(({ cluster }) => cluster));
  return { failures, written: new Set(writes.flatMap(({ cluster }) => (failed.has(cluster) ? [] : [cluster]))) };
}

/** Of the clusters that are to get a work, those that have one as of now. */
async function clustersWithWork(
  works: CarryContext['works'],
  { set, plan }: { readonly set: ManifestWorkReplicaSet; readonly plan: PlacementPlan },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const clusters = plan.writes.flatMap(({ kind, cluster }) => (kind === 'create' ? [cluster] : []));
  if (clusters.length === 0) return new Set();
  const present = await works.readOwned(ownerOf(set), { clusters, signal });
  return new Set(present.filter(isFor(plan)).map(({ metadata }) => metadata.namespace ?? ''));
}

/** Deletes works whose cluster the Placement does not choose any more, once that is certain: not by the cache, and not amid a change. */
async function clearUnselected(
  context: CarryContext,
  plan: PlacementPlan,
  signal: AbortSignal,
): Promise<{ readonly failures: readonly WorkFailure[]; readonly deferredMs?: number }> {
  if (plan.unselected.length === 0) return { failures: [] };
  const deferredMs = context.quiet.quietInMs(keyOf(plan.placement));
  if (deferredMs > 0) return { failures: [], deferredMs };
  try {
    const deletions = await certainlyUnselected(context, plan, signal);
    return { failures: await deleteWorks(context, deletions, signal) };
  } catch (error) {
    signal.throwIfAborted();
    // What is not certain stays, and keeps nobody waiting either (12.4 step 4).
    const problem = asError(error);
    return {
      failures: plan.unselected.map(({ metadata: { namespace = '' } }) => ({ cluster: namespace, error: problem })),
    };
  }
}

/** Those that are on none of the clusters of the decisions, while the Placement is there. */
async function certainlyUnselected(
  { placements, slices }: CarryContext,
  { placement, unselected }: PlacementPlan,
  signal: AbortSignal,
): Promise<PlacementPlan['unselected']> {
  const { namespace, name, uid } = placement.metadata;
  const chosen = new Set<string>();
  const labelSelector = `${labels.placement}=${name}`;
  for await (const { items } of slices.live.list({ namespace, labelSelector, signal })) {
    for (const cluster of items.flatMap(decidedClusters)) chosen.add(cluster);
  }
  const deletions = unselected.filter(({ metadata }) => !chosen.has(metadata.namespace ?? ''));
  if (deletions.length === 0) return [];
  // Its decisions go with a Placement that is deleted, but without one all works stay (12.4 step 3a). Hence only now: after the decisions.
  const now = await placements.live.find(placement.metadata, { signal });
  return now === undefined || now.metadata.uid !== uid || isDeleting(now) ? [] : deletions;
}

/** Deletes a second work of a cluster when the first one is really there. */
async function deleteSurplus(
  { works, log }: CarryContext,
  { set, plan }: { readonly set: ManifestWorkReplicaSet; readonly plan: PlacementPlan },
  signal: AbortSignal,
): Promise<readonly WorkFailure[]> {
  if (plan.surplus.length === 0) return [];
  const surplus = new Set(plan.surplus.map(({ metadata }) => metadata.uid));
  const clusters = [...new Set(plan.surplus.map(({ metadata }) => metadata.namespace ?? ''))];
  const present = await works.readOwned(ownerOf(set), { clusters, signal });
  const others = present.filter((work) => isFor(plan)(work) && !surplus.has(work.metadata.uid) && !isDeleting(work));
  const kept = new Set(others.map(({ metadata }) => metadata.namespace));
  const deletions = plan.surplus.filter(({ metadata }) => kept.has(metadata.namespace));
  return deleteWorks({ works, log }, deletions, signal);
}

/** Asks for the deletion of works, those that are being deleted already excepted. */
export async function deleteWorks(
  { works, log }: Pick<ManagerContext, 'works' | 'log'>,
  some: readonly KubeObject[],
  signal: AbortSignal,
): Promise<readonly WorkFailure[]> {
  const deletions = some.filter((work) => !isDeleting(work));
  const failures = await atOnce(deletions, async ({ metadata: { namespace, name, uid } }) => {
    await works.delete({ namespace, name, uid }, { signal });
    log.debug({ cluster: namespace, work: name }, 'work deleted');
  });
  const deleted = deletions.length - failures.length;
  if (deleted > 0)
    log.info({ replicaSet: deletions[0]?.metadata.labels?.[labels.replicaSet], works: deleted }, 'works deleted');
  return failuresOf(failures, ({ metadata }) => metadata.namespace ?? '');
}

function isFor({ ref }: PlacementPlan): (work: KubeObject | ManifestWork) => boolean {
  return ({ metadata }) => metadata.labels?.[labels.placementName] === ref.name;
}

function failuresOf<Item>(
  failures: readonly { readonly item: Item; readonly error: Error }[],
  clusterOf: (item: Item) => string,
): readonly WorkFailure[] {
  return failures.map(({ item, error }) => ({ cluster: clusterOf(item), error }));
}
