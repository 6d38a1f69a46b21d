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
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { UNKNOWN } from '../objects/observation.ts';
import { isOwnedByWork, ownerReferenceOf, requiredOwner } from '../ownership/owner.ts';
import { checkExecutor, type ExecutorTools } from '../executor/check-executor.ts';
import type { Contender, Fight, Fights } from './fights.ts';
import type { AppliedOutcome, ApplyOutcome, ManifestResult } from './manifest-result.ts';
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

export interface PassTools extends ApplyTools, ExecutorTools {
  readonly fights: Fights;
  /** Names of other works of this agent that list the object too. */
  readonly rivalWorks: (work: string, id: ResourceId) => readonly string[];
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
  const refusal = await executorRefusal(manifest, work, { tools, signal });
  if (refusal !== undefined) return refusal;
  const request = requestFor(manifest, work, appliedWork);
  const contender = { work: work.metadata.name, id: manifest.id, generation: work.metadata.generation ?? 0 };
  const fight = tools.fights.over(contender, tools.clock.now().getTime());
  if (fight !== undefined && fight.heldUntilMs > tools.clock.now().getTime()) return held(contender, fight, tools);
  try {
    const outcome = await strategies[request.strategy.type](request, tools, signal);
    return outcome.kind === 'applied' ? afterCorrection(outcome, contender, tools) : outcome;
  } catch (error) {
    signal.throwIfAborted();
    return failed(error, UNKNOWN);
  }
}

/** Why the manifest is not applied for the executor of the work; `undefined` when it may be (work 10). */
async function executorRefusal(
  manifest: ResolvedManifest,
  { spec }: ManifestWork,
  { tools, signal }: { readonly tools: PassTools; readonly signal: AbortSignal },
): Promise<ApplyOutcome | undefined> {
  const isOwned = isOwnedByWork(spec?.deleteOption, manifest.id);
  try {
    const verdict = await checkExecutor({ executor: spec?.executor, manifest, isOwned }, tools, signal);
    if (verdict.kind === 'allowed') return undefined;
    const kind = verdict.kind === 'denied' ? 'denied' : 'failed';
    return { kind, error: verdict.error, observation: UNKNOWN };
  } catch (error) {
    signal.throwIfAborted();
    return failed(error, UNKNOWN);
  }
}

/** The outcome, with what is to be said of a fight that this correction is part of. */
function afterCorrection(outcome: AppliedOutcome, contender: Contender, tools: PassTools): AppliedOutcome {
  const nowMs = tools.clock.now().getTime();
  if (outcome.correction !== undefined) {
    tools.fights.corrected(contender, { nowMs, rival: outcome.correction.rival });
  }
  const fight = tools.fights.over(contender, nowMs);
  const note = fight === undefined ? undefined : fightNote(contender, fight, { tools, nowMs });
  if (fight === undefined || note === undefined) return outcome;
  return { ...outcome, note, ...(fight.heldUntilMs > nowMs ? { heldUntilMs: fight.heldUntilMs } : {}) };
}

/** Nobody looks at an object that is fought over before its time. */
function held(contender: Contender, fight: Fight, tools: PassTools): AppliedOutcome {
  const { heldUntilMs } = fight;
  const note = fightNote(contender, fight, { tools, nowMs: tools.clock.now().getTime() });
  return { kind: 'applied', observation: UNKNOWN, heldUntilMs, ...(note === undefined ? {} : { note }) };
}

/** Who is fought with, as far as that is certain. */
function fightNote(
  { work, id }: Contender,
  { rival, heldUntilMs }: Fight,
  { tools, nowMs }: { readonly tools: PassTools; readonly nowMs: number },
): string | undefined {
  const works = rival === undefined ? tools.rivalWorks(work, id).map((name) => `the work ${JSON.stringify(name)}`) : [];
  if (works.length === 0 && heldUntilMs <= nowMs) return undefined;
  const somebody =
    rival === undefined ? 'somebody on the managed cluster' : `the field manager ${JSON.stringify(rival)}`;
  const who = works.length > 0 ? works.join(', ') : somebody;
  return `${who} keeps changing the object, so that it is corrected only now and then; only one of them should set its fields`;
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
