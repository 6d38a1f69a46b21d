import { type AppliedManifestWork, type AppliedResource, isDeleting, type ManifestWork } from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  type ObjectEvent,
  type Outcome,
  requeueAfter,
  type WatchSource,
} from '@ocm/kube';
import type { WorkAgentContext } from '../context.ts';
import { GrowingDelays } from '../growing-delays.ts';
import { inParallel } from '../in-parallel.ts';
import { resourceKey } from '../manifest/resource-id.ts';
import { writeStatus } from '../source/write-status.ts';
import { sight } from '../status/sighting.ts';
import { tracedLog } from '../../traced-log.ts';
import { afterPass } from './after-pass.ts';
import { applyManifests, type PassTools } from './apply-manifests.ts';
import { isApplicable, isChanged, workToApply } from './apply-trigger.ts';
import { ensureAppliedWork } from './ensure-applied-work.ts';
import { type RecordedResources, recordResources } from './record-resources.ts';
import { resolveAll } from './resolve-all.ts';
import { statusAfterPass } from './status-after-pass.ts';

/**
 * The apply loop (work 7): brings the objects of a work to what it lists, removes what it no longer lists, and reports.
 *
 * @param drifts names of works whose objects somebody else has changed or deleted
 */
export function applyController(context: WorkAgentContext, drifts: WatchSource): Controller {
  const { source, due, inHand, workers, intervals } = context;
  const workDue = (event: ObjectEvent<ManifestWork>): string | undefined => {
    const name = workToApply(event);
    if (!isApplicable(event.object)) due.delete(event.object.metadata.name);
    else if (name !== undefined) due.add(name);
    return name;
  };
  const delays = new GrowingDelays(intervals.finalizationMs);
  return defineController({
    name: 'manifestwork-controller',
    workers,
    watches: [source.events(workDue, { resetBackoff: isChanged }), drifts],
    async reconcile(name, signal) {
      due.delete(name);
      const work = source.get(name);
      if (work === undefined || !isApplicable(work)) {
        delays.reset(name);
        return done();
      }
      inHand.add(name);
      try {
        const log = tracedLog(context.log, work);
        return await applyWork(work, { context: { ...context, log }, delays, signal });
      } finally {
        inHand.delete(name);
      }
    },
  });
}

interface Pass {
  readonly context: WorkAgentContext;
  /** How long to wait for stale resources, by work. */
  readonly delays: GrowingDelays;
  readonly signal: AbortSignal;
}

async function applyWork(work: ManifestWork, { context, delays, signal }: Pass): Promise<Outcome> {
  const { name, generation = 0 } = work.metadata;
  const { source, spoke, reader, inspector, clock, intervals } = context;
  const appliedWork = await ensureAppliedWork(work, context, signal);
  // Somebody has deleted it: what it owns goes first, then everything is made anew (work 9.5).
  if (isDeleting(appliedWork)) return requeueAfter(delays.next(name));
  const manifests = await resolveAll(work.spec?.workload?.manifests ?? [], spoke.mapper, signal);
  const tools = { ...context, rivalWorks: rivalWorksIn(context) };
  const results = await applyManifests({ work, appliedWork, manifests }, tools, signal);
  const sightings = await inParallel(results, ({ manifest, outcome }) =>
    sight({ work, meta: manifest.meta, seen: outcome.observation }, { reader, inspector, signal }),
  );
  const recorded = await recordResources({ work, appliedWork, results, sightings }, context, signal);
  const report = { results, sightings, generation, now: clock.now() };
  await writeStatus(source, { work, next: (seen) => statusAfterPass(seen, report) }, signal);
  if (recorded.kind === 'recorded') await writeRecord(appliedWork, recorded.resources, { context, signal });
  return afterPass({
    results,
    recorded,
    pendingMs: pendingMs(recorded, delays, name),
    resyncMs: intervals.applyResyncMs * (1 + context.random() / 2),
    executorRetryMs: intervals.executorRetryMs,
    nowMs: clock.now().getTime(),
  });
}

function rivalWorksIn({ appliedWorks, agentId }: WorkAgentContext): PassTools['rivalWorks'] {
  return (work, id) =>
    appliedWorks
      .by('resource', resourceKey(id))
      .flatMap(({ spec }) =>
        spec?.agentID === agentId && spec.manifestWorkName !== work ? [spec.manifestWorkName] : [],
      );
}

/** When to look again at stale resources that are not gone yet; `undefined` when there are none (work 7.10). */
function pendingMs(recorded: RecordedResources, delays: GrowingDelays, name: string): number | undefined {
  if (recorded.kind === 'recorded' && recorded.isPending) return delays.next(name);
  delays.reset(name);
  return undefined;
}

async function writeRecord(
  appliedWork: AppliedManifestWork,
  appliedResources: readonly AppliedResource[],
  { context, signal }: Pick<Pass, 'context' | 'signal'>,
): Promise<void> {
  await context.appliedWorkResource.patchStatus(appliedWork, { ...appliedWork.status, appliedResources }, { signal });
}
