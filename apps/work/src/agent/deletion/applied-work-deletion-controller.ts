import { type AppliedManifestWork, finalizers, hasFinalizer, isDeleting, withoutFinalizers } from '@ocm/api';
import { type Controller, defineController, done, type Outcome, requeueAfter, retry } from '@ocm/kube';
import { tracedLog } from '../../traced-log.ts';
import type { WorkAgentContext } from '../context.ts';
import { GrowingDelays } from '../growing-delays.ts';
import { deleteAppliedResources } from '../ownership/delete-applied-resources.ts';

/** Deletes the objects of a deleted AppliedManifestWork, and lets it go when they are gone (work 9.5). */
export function appliedWorkDeletionController(context: WorkAgentContext): Controller {
  const { source, appliedWorks, agentId, workers, intervals } = context;
  const delays = new GrowingDelays(intervals.resourceDeletionMs);
  return defineController({
    name: 'AppliedManifestWorkFinalizer',
    workers,
    watches: [
      appliedWorks.events(({ object }) => (object.spec?.agentID === agentId ? object.metadata.name : undefined)),
    ],
    async reconcile(name, signal) {
      const appliedWork = appliedWorks.get(name);
      if (appliedWork?.spec?.agentID !== agentId || !isToClean(appliedWork)) {
        delays.reset(name);
        return done();
      }
      const work = source.get(appliedWork.spec.manifestWorkName);
      const log = work === undefined ? context.log : tracedLog(context.log, work);
      return cleanUp(appliedWork, { context: { ...context, log }, delays, signal });
    },
  });
}

async function cleanUp(
  appliedWork: AppliedManifestWork,
  { context, delays, signal }: { context: WorkAgentContext; delays: GrowingDelays; signal: AbortSignal },
): Promise<Outcome> {
  const { appliedWorkResource } = context;
  const { status = {}, metadata } = appliedWork;
  const resources = status.appliedResources ?? [];
  // What the work leaves behind has lost our reference before, and is forgotten here.
  const deletion = { resources, appliedWork, isOrphaned: () => false };
  const { pending, errors } = await deleteAppliedResources(deletion, context, signal);
  if (pending.length > 0 && pending.length < resources.length) {
    await appliedWorkResource.patchStatus(appliedWork, { ...status, appliedResources: pending }, { signal });
  }
  if (errors.length > 0) return retry(new AggregateError(errors, `${errors.length} applied resources are left`));
  if (pending.length > 0) return requeueAfter(delays.next(metadata.name));
  const left = withoutFinalizers(metadata.finalizers, finalizers.appliedWork);
  await appliedWorkResource.patchMetadata(appliedWork, { finalizers: left }, { signal });
  delays.reset(metadata.name);
  return done();
}

function isToClean(appliedWork: AppliedManifestWork): boolean {
  return isDeleting(appliedWork) && hasFinalizer(appliedWork, finalizers.appliedWork);
}
