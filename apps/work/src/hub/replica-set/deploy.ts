import { labels, type ManifestWork, type ManifestWorkReplicaSet, type ManifestWorkReplicaSetStatus } from '@ocm/api';
import { done, keyOf, type Outcome, requeueAfter, retry } from '@ocm/kube';
import type { ManagerContext } from '../manager-context.ts';
import { type CarriedOut, carryOut, deleteWorks } from './carry-out.ts';
import { ownerOf, ownerProblem } from './desired-work.ts';
import type { WorkFailure } from './placement-outcome.ts';
import { planPlacement } from './plan-placement.ts';
import { isNews, statusAfterPass, statusOfInvalidName, statusWithoutPlacement } from './replica-set-status.ts';
import { rolloutNews } from './rollout-news.ts';
import type { StatusSpacing } from './status-spacing.ts';

export interface DeployContext extends ManagerContext {
  readonly spacing: StatusSpacing;
}

/** Brings the works of a replica set to where its Placements and rollout strategies want them, and reports (work 12.4). */
export async function deploy(
  context: DeployContext,
  set: ManifestWorkReplicaSet,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, placements, slices, works } = context;
  const owner = ownerOf(set);
  const problem = ownerProblem(set);
  if (problem !== undefined) {
    return report(context, { set, status: statusOfInvalidName(set, { owner, problem }, clock.now()) }, signal);
  }
  const present = works.owned.byOwner(owner);
  const strays = await deleteStrays(context, { set, works: present }, signal);
  const outcomes: CarriedOut[] = [];
  for (const ref of set.spec?.placementRefs ?? []) {
    const placement = placements.cache.get({ namespace: set.metadata.namespace, name: ref.name });
    if (placement === undefined) {
      const status = statusWithoutPlacement(set, ref.name, clock.now());
      return report(context, { set, status, strays, outcomes }, signal);
    }
    const plan = planPlacement({
      set,
      ref,
      placement,
      slices: slices.cache.by('placement', keyOf(placement)),
      works: present.filter((work) => placementLabel(work) === ref.name),
      nowMs: clock.now().getTime(),
    });
    outcomes.push(await carryOut(context, { set, plan }, signal));
  }
  const status = statusAfterPass(set, outcomes, clock.now());
  return report(context, { set, status, strays, outcomes }, signal);
}

/** Works without Placement, or of one that the replica set does not refer to any more (work 12.4 step 2). */
async function deleteStrays(
  context: Pick<ManagerContext, 'works' | 'sets' | 'log'>,
  { set, works }: { readonly set: ManifestWorkReplicaSet; readonly works: readonly ManifestWork[] },
  signal: AbortSignal,
): Promise<readonly WorkFailure[]> {
  const strays = strayWorks(set, works);
  if (strays.length === 0) return [];
  const now = await context.sets.live.find(set.metadata, { signal });
  if (now === undefined || now.metadata.uid !== set.metadata.uid) return [];
  return deleteWorks(context, strayWorks(now, strays), signal);
}

function strayWorks({ spec }: ManifestWorkReplicaSet, works: readonly ManifestWork[]): readonly ManifestWork[] {
  const names = new Set<string | undefined>(spec?.placementRefs.map(({ name }) => name));
  return works.filter((work) => !names.has(placementLabel(work)));
}

function placementLabel({ metadata }: ManifestWork): string | undefined {
  return metadata.labels?.[labels.placementName];
}

interface Pass {
  readonly set: ManifestWorkReplicaSet;
  readonly status: ManifestWorkReplicaSetStatus;
  readonly strays?: readonly WorkFailure[];
  readonly outcomes?: readonly CarriedOut[];
}

/** Writes the status and says when to look again. */
async function report(context: DeployContext, pass: Pass, signal: AbortSignal): Promise<Outcome> {
  const { set, strays = [], outcomes = [] } = pass;
  const spacedMs = await writeStatus(context, pass, signal);
  const waits = outcomes.flatMap(({ plan, deferredMs }) => [plan.rollout.recheckInMs, deferredMs]);
  const nextMs = Math.min(...[spacedMs, ...waits].filter((ms) => ms !== undefined));
  const errors = [...strays, ...outcomes.flatMap(({ failures }) => failures)].map(({ error }) => error);
  if (errors.length > 0) {
    const message = `${errors.length} works of ${keyOf(set)} could not be written or deleted`;
    // A cluster that fails for ever must not keep the others waiting for what is due.
    return retry(new AggregateError(errors, message), { atMostMs: nextMs });
  }
  return Number.isFinite(nextMs) ? requeueAfter(nextMs) : done();
}

/** Returns how long it has to wait when it is too early for mere numbers. */
async function writeStatus(
  { sets, spacing, events, log }: DeployContext,
  { set, status }: Pass,
  signal: AbortSignal,
): Promise<number | undefined> {
  const key = keyOf(set);
  const waitMs = isNews(set.status, status) ? 0 : spacing.waitMs(key);
  if (waitMs > 0) return waitMs;
  const written = await sets.live.patchStatus(set, status, { signal });
  if (written === set) return undefined;
  spacing.written(key);
  log.debug({ replicaSet: key, summary: status.summary }, 'status written');
  for (const news of rolloutNews(set, status)) await events.record(news, { signal });
  return undefined;
}
