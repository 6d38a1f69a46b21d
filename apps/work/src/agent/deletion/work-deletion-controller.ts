import {
  type AppliedManifestWork,
  appliedWorkName,
  type DeleteOption,
  finalizers,
  hasFinalizer,
  isDeleting,
  type ManifestWork,
  setCondition,
  withoutFinalizers,
  workConditions,
} from '@ocm/api';
import { type Controller, defineController, done, isKubeError, type Outcome, requeueAfter } from '@ocm/kube';
import type { WorkAgentContext } from '../context.ts';
import { GrowingDelays } from '../growing-delays.ts';
import { writeStatus } from '../source/write-status.ts';
import { tracedLog } from '../../traced-log.ts';
import { releaseOrphans } from './release-orphans.ts';

const IN_HAND_MS = 50;

/** Deletes the AppliedManifestWork of a deleted work, and lets the work go when that is gone (work 9.4). */
export function workDeletionController(context: WorkAgentContext): Controller {
  const { source, appliedWorks, hubHash, workers, intervals, inHand } = context;
  const delays = new GrowingDelays(intervals.finalizationMs);
  return defineController({
    name: 'ManifestWorkFinalizer',
    workers,
    watches: [
      source.events(({ object }) => (isDeleting(object) ? object.metadata.name : undefined)),
      appliedWorks.events(({ object }) =>
        object.metadata.name.startsWith(hubHash) ? object.spec?.manifestWorkName : undefined,
      ),
    ],
    async reconcile(name, signal) {
      const work = source.get(name);
      if (work === undefined || !isDeleting(work) || !hasFinalizer(work, finalizers.work)) {
        delays.reset(name);
        return done();
      }
      // A pass that is still under way could make the AppliedManifestWork anew. It ends soon, and must not lengthen the other waits.
      if (inHand.has(name)) return requeueAfter(IN_HAND_MS);
      const log = tracedLog(context.log, work);
      return deleteWork(work, { context: { ...context, log }, delays, signal });
    },
  });
}

async function deleteWork(
  work: ManifestWork,
  { context, delays, signal }: { context: WorkAgentContext; delays: GrowingDelays; signal: AbortSignal },
): Promise<Outcome> {
  const { source, appliedWorks, appliedWorkResource, hubHash, clock } = context;
  const { name, finalizers: present } = work.metadata;
  const appliedName = appliedWorkName(hubHash, name);
  const cached = appliedWorks.get(appliedName);
  if (cached !== undefined && isDeleting(cached)) return requeueAfter(delays.next(name));
  // The cache is good enough for a first look at what is to go. Before anything is given up, what is there is read live: the cache may not
  // know it yet, nor know what of it is to stay, nor that its deletion was asked for.
  const isFirstLook = !delays.has(name) && policyOf(work) === 'Foreground';
  const appliedWork = (isFirstLook ? cached : undefined) ?? (await appliedWorkResource.find(appliedName, { signal }));
  if (appliedWork === undefined) {
    await source.patchFinalizers(work, withoutFinalizers(present, finalizers.work), { signal });
    delays.reset(name);
    return done();
  }
  if (!isDeleting(appliedWork)) {
    const next = ({ status = {} }: ManifestWork) => ({
      ...status,
      conditions: setCondition(
        status.conditions,
        { ...workConditions.deleting.deleting, observedGeneration: work.metadata.generation ?? 0 },
        clock.now(),
      ),
    });
    await writeStatus(source, { work, next }, signal);
    await deleteAppliedWork(work, appliedWork, { context, signal });
  }
  return requeueAfter(delays.next(name));
}

function policyOf({ spec }: ManifestWork): DeleteOption['propagationPolicy'] {
  return spec?.deleteOption?.propagationPolicy ?? 'Foreground';
}

async function deleteAppliedWork(
  work: ManifestWork,
  appliedWork: AppliedManifestWork,
  { context, signal }: { context: WorkAgentContext; signal: AbortSignal },
): Promise<void> {
  const { appliedWorkResource, agentId } = context;
  const spec = { hubHash: context.hubHash, agentID: agentId, manifestWorkName: work.metadata.name };
  try {
    // Ours now, whoever made it: nobody else would clean up (work 7.2).
    const owned = await appliedWorkResource.patchSpec(appliedWork, spec, { signal });
    await releaseOrphans(work, owned, { context, signal });
    const { name, uid } = owned.metadata;
    await appliedWorkResource.delete(name, { uid, signal });
  } catch (error) {
    if (!isKubeError(error, 'not-found')) throw error;
  }
}
