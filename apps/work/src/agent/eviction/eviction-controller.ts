import {
  type AppliedManifestWork,
  type AppliedManifestWorkStatus,
  appliedWorkName,
  isDeleting,
  type ManifestWork,
  timestamp,
} from '@ocm/api';
import { type Controller, defineController, done, isKubeError, type Outcome, requeueAfter } from '@ocm/kube';
import type { WorkAgentContext } from '../context.ts';
import { judgeEviction } from './judge-eviction.ts';

/** Evicts AppliedManifestWorks that no work stands behind any more, after a grace period (work 9.6). */
export function evictionController(context: WorkAgentContext): Controller {
  const { source, appliedWorks, appliedWorkResource, hubHash, agentId, clock, intervals } = context;
  return defineController({
    name: 'UnManagedAppliedManifestWork',
    watches: [
      source.events(({ object }) => appliedWorkName(hubHash, object.metadata.name)),
      appliedWorks.events(({ object }) => (object.spec?.agentID === agentId ? object.metadata.name : undefined)),
    ],
    async reconcile(name, signal) {
      const appliedWork = appliedWorks.get(name);
      if (appliedWork?.spec?.agentID !== agentId || isDeleting(appliedWork)) return done();
      const verdict = judgeEviction({
        appliedWork,
        work: source.get(appliedWork.spec.manifestWorkName),
        hubHash,
        graceMs: intervals.evictionGraceMs,
        now: clock.now(),
      });
      switch (verdict.kind) {
        case 'keep':
          return done();
        case 'wait':
          return requeueAfter(verdict.forMs);
        case 'stop':
        case 'start':
          // The change brings the key back.
          await appliedWorkResource.patchStatus(appliedWork, statusAfter(verdict.kind, appliedWork, clock.now()), {
            signal,
          });
          return done();
        case 'evict':
          return evict(appliedWork, context, signal);
      }
    },
  });
}

function statusAfter(
  verdict: 'start' | 'stop',
  { status = {} }: AppliedManifestWork,
  now: Date,
): AppliedManifestWorkStatus {
  const { evictionStartTime: _evictionStartTime, ...rest } = status;
  return verdict === 'stop' ? rest : { ...rest, evictionStartTime: timestamp(now) };
}

async function evict(
  appliedWork: AppliedManifestWork,
  { source, appliedWorkResource, hubHash, log }: WorkAgentContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { name, uid, resourceVersion } = appliedWork.metadata;
  // Read live before it destroys anything: the hub may have the work again.
  const isOurHub = name.startsWith(`${hubHash}-`);
  const work = isOurHub ? await readWork(appliedWork, source, signal) : undefined;
  if (work !== undefined) return done(); // its event is on the way
  log.info({ appliedWork: name }, 'no work on the hub stands behind it: evicted');
  try {
    await appliedWorkResource.delete(name, { uid, resourceVersion, signal });
  } catch (error) {
    if (!isKubeError(error, 'not-found')) throw error;
  }
  return done();
}

function readWork(
  { spec }: AppliedManifestWork,
  source: WorkAgentContext['source'],
  signal: AbortSignal,
): Promise<ManifestWork | undefined> {
  return source.read(spec?.manifestWorkName ?? '', { signal });
}
