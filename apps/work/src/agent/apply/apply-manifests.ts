import {
  type AppliedManifestWork,
  isConditionTrue,
  type ManifestStatus,
  type ManifestWork,
  workConditions,
} from '@ocm/api';
import { inParallel } from '../in-parallel.ts';
import { matchManifestConfig } from '../manifest/manifest-config.ts';
import { applyBatches } from '../manifest/rank.ts';
import type { Manifest, ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { resourceKey } from '../manifest/resource-id.ts';
import { UNKNOWN } from '../objects/observation.ts';
import { isOwnedByWork, ownerReferenceOf, requiredOwner } from '../ownership/owner.ts';
import { executorRefusal } from './executor-check.ts';
import type { ApplyOutcome, ManifestResult } from './manifest-result.ts';
import { strategies } from './strategies.ts';
import { type ApplyRequest, type ApplyTools, failed } from './strategy.ts';

const ATTEMPTS = 4;
const WAIT_GROWTH = 5;
const WAIT_JITTER = 0.1;
/** An API server that does not answer for longer than this is left to the back-off of the work. */
const LOST_FOR_MS = 5000;

export interface ApplyPass {
  readonly work: ManifestWork;
  readonly appliedWork: AppliedManifestWork;
  readonly manifests: readonly Manifest[];
}

export interface PassTools extends ApplyTools {
  readonly random: () => number;
  readonly intervals: { readonly conflictRetryMs: number };
}

/**
 * Applies the manifests of a work in order of rank (work 7.4 to 7.6); a failing one never stops the others. Neighbours of one kind go at
 * once. What met a conflict or got no answer is tried again after a moment. The results are in the order of the spec.
 */
export async function applyManifests(
  pass: ApplyPass,
  tools: PassTools,
  signal: AbortSignal,
): Promise<readonly ManifestResult[]> {
  const outcomes = new Map<Manifest, ApplyOutcome>();
  const nowMs = (): number => tools.clock.now().getTime();
  const lostUntilMs = nowMs() + LOST_FOR_MS;
  let left = pass.manifests;
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await tools.clock.sleep(waitMs(attempt, tools), signal);
    signal.throwIfAborted();
    for (const batch of applyBatches(left)) {
      await inParallel(batch, async (manifest) =>
        outcomes.set(manifest, await applyOne(manifest, pass, { tools, signal })),
      );
    }
    const again = new Set(nowMs() < lostUntilMs ? ['conflict', 'lost'] : ['conflict']);
    left = left.filter((manifest) => again.has(outcomes.get(manifest)?.kind ?? ''));
  }
  return pass.manifests.map((manifest) => ({ manifest, outcome: outcomes.get(manifest) ?? neverTried() }));
}

async function applyOne(
  manifest: Manifest,
  { work, appliedWork }: ApplyPass,
  { tools, signal }: { readonly tools: PassTools; readonly signal: AbortSignal },
): Promise<ApplyOutcome> {
  if (manifest.kind === 'unresolved') return { kind: 'failed', error: manifest.error, observation: UNKNOWN };
  if (isComplete(work, manifest)) return { kind: 'applied', observation: UNKNOWN };
  const refusal = executorRefusal(work.spec?.executor);
  if (refusal !== undefined) return { kind: 'denied', error: refusal, observation: UNKNOWN };
  const request = requestFor(manifest, work, appliedWork);
  try {
    return await strategies[request.strategy.type](request, tools, signal);
  } catch (error) {
    signal.throwIfAborted();
    return failed(error, UNKNOWN);
  }
}

function requestFor(manifest: ResolvedManifest, work: ManifestWork, appliedWork: AppliedManifestWork): ApplyRequest {
  const { updateStrategy } = matchManifestConfig(work.spec?.manifestConfigs, manifest.id);
  const key = resourceKey(manifest.id);
  return {
    work: work.metadata.name,
    manifest,
    strategy: updateStrategy,
    owner: requiredOwner(ownerReferenceOf(appliedWork), isOwnedByWork(work.spec?.deleteOption, manifest.id)),
    isRecorded: appliedWork.status?.appliedResources?.some((resource) => resourceKey(resource) === key) ?? false,
  };
}

/** A completed manifest is left alone, even when its object is gone (work 7.5, 11.6). */
function isComplete({ status }: ManifestWork, { id }: ResolvedManifest): boolean {
  const isOfManifest = ({ resourceMeta }: ManifestStatus): boolean => resourceKey(resourceMeta) === resourceKey(id);
  const entry = status?.resourceStatus?.manifests?.find(isOfManifest);
  return isConditionTrue(entry?.conditions, workConditions.complete.type);
}

function waitMs(attempt: number, { random, intervals }: PassTools): number {
  return intervals.conflictRetryMs * WAIT_GROWTH ** (attempt - 1) * (1 + WAIT_JITTER * random());
}

function neverTried(): ApplyOutcome {
  return { kind: 'failed', error: new Error('the manifest was not applied'), observation: UNKNOWN };
}
