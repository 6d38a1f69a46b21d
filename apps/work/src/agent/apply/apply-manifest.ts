import {
  type AppliedManifestWork,
  isConditionTrue,
  type ManifestStatus,
  type ManifestWork,
  workConditions,
} from '@ocm/api';
import { checkExecutor, type ExecutorTools } from '../executor/check-executor.ts';
import { matchManifestConfig } from '../manifest/manifest-config.ts';
import type { Manifest, ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { UNKNOWN } from '../objects/observation.ts';
import { isOwnedByWork, ownerReferenceOf, requiredOwner } from '../ownership/owner.ts';
import { explainFailure } from './explain-failure.ts';
import { fightNote } from './fight-note.ts';
import type { Contender, Fight, Fights } from './fights.ts';
import type { AppliedOutcome, ApplyOutcome } from './manifest-result.ts';
import { strategies } from './strategies.ts';
import { type ApplyRequest, type ApplyTools, failed } from './strategy.ts';

export interface ManifestTools extends ApplyTools, ExecutorTools {
  readonly fights: Fights;
  /** Names of other works of this agent that list the object too. */
  readonly rivalWorks: (work: string, id: ResourceId) => readonly string[];
}

/** The work that a manifest belongs to. */
export interface ManifestOwner {
  readonly work: ManifestWork;
  readonly appliedWork: AppliedManifestWork;
}

/** One manifest (work 7.5): left alone, refused, or brought to the cluster by its strategy. Never throws but for the signal. */
export async function applyManifest(
  manifest: Manifest,
  owner: ManifestOwner,
  { tools, signal }: { readonly tools: ManifestTools; readonly signal: AbortSignal },
): Promise<ApplyOutcome> {
  if (manifest.kind === 'unresolved') return { kind: 'failed', error: manifest.error, observation: UNKNOWN };
  if (isComplete(owner.work, manifest)) return { kind: 'applied', observation: UNKNOWN };
  const attempt = { manifest, contender: contenderFor(manifest, owner.work), tools };
  try {
    const refusal = await executorRefusal(manifest, owner.work, { tools, signal });
    if (refusal !== undefined) return refusal;
    const held = heldOutcome(attempt);
    if (held !== undefined) return held;
    const request = requestFor(manifest, owner);
    const outcome = await strategies[request.strategy.type](request, tools, signal);
    return outcome.kind === 'applied' ? afterCorrection(outcome, attempt) : explained(outcome, request, tools);
  } catch (error) {
    signal.throwIfAborted();
    return failed(error, UNKNOWN);
  }
}

interface Attempt {
  readonly manifest: ResolvedManifest;
  readonly contender: Contender;
  readonly tools: ManifestTools;
}

/** Why the manifest is not applied for the executor of the work; `undefined` when it may be (work 10). */
async function executorRefusal(
  manifest: ResolvedManifest,
  { spec }: ManifestWork,
  { tools, signal }: { readonly tools: ManifestTools; readonly signal: AbortSignal },
): Promise<ApplyOutcome | undefined> {
  const isOwned = isOwnedByWork(spec?.deleteOption, manifest.id);
  const verdict = await checkExecutor({ executor: spec?.executor, manifest, isOwned }, tools, signal);
  if (verdict.kind === 'allowed') return undefined;
  const kind = verdict.kind === 'denied' ? 'denied' : 'failed';
  return { kind, error: verdict.error, observation: UNKNOWN };
}

/** Nobody looks at an object that is fought over before its time. */
function heldOutcome({ manifest, contender, tools }: Attempt): AppliedOutcome | undefined {
  const nowMs = tools.clock.now().getTime();
  const fight = tools.fights.over(contender, nowMs);
  if (fight === undefined || fight.heldUntilMs <= nowMs) return undefined;
  return withFight({ kind: 'applied', observation: UNKNOWN }, { manifest, contender, tools, fight, nowMs });
}

/** The outcome, with what is to be said of a fight that this correction is part of. */
function afterCorrection(outcome: AppliedOutcome, attempt: Attempt): AppliedOutcome {
  const { contender, tools } = attempt;
  const nowMs = tools.clock.now().getTime();
  if (outcome.correction !== undefined) {
    tools.fights.corrected(contender, { nowMs, rival: outcome.correction.rival });
  }
  const fight = tools.fights.over(contender, nowMs);
  return fight === undefined ? outcome : withFight(outcome, { ...attempt, fight, nowMs });
}

function withFight(
  outcome: AppliedOutcome,
  { manifest, contender, tools, fight, nowMs }: Attempt & { readonly fight: Fight; readonly nowMs: number },
): AppliedOutcome {
  const { heldUntilMs } = fight;
  const rivalWorks = tools.rivalWorks(contender.work, manifest.id);
  const note = fightNote({ manifest, fight, rivalWorks, nowMs });
  return { ...outcome, ...(note === undefined ? {} : { note }), ...(heldUntilMs > nowMs ? { heldUntilMs } : {}) };
}

function explained(
  outcome: Exclude<ApplyOutcome, AppliedOutcome>,
  { work, manifest, strategy }: ApplyRequest,
  { rivalWorks }: ManifestTools,
): ApplyOutcome {
  const otherWorks = rivalWorks(work, manifest.id);
  return { ...outcome, error: explainFailure(outcome.error, { manifest, strategy: strategy.type, otherWorks }) };
}

function contenderFor({ id }: ResolvedManifest, { metadata }: ManifestWork): Contender {
  return { work: metadata.name, id, generation: metadata.generation ?? 0 };
}

function requestFor(manifest: ResolvedManifest, { work, appliedWork }: ManifestOwner): ApplyRequest {
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
