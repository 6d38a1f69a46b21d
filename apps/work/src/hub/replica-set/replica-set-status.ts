import {
  type ConditionUpdate,
  findCondition,
  isConditionTrue,
  isDeleting,
  type ManifestWork,
  type ManifestWorkReplicaSet,
  type ManifestWorkReplicaSetStatus,
  type PlacementSummary,
  replicaSetConditions,
  type ReplicaSetSummary,
  setCondition,
  workConditions,
} from '@ocm/api';
import { isKubeError } from '@ocm/kube';
import type { PlacementOutcome } from './placement-outcome.ts';
import { howRolloutsGo } from './rollout-message.ts';

const { placementVerified, manifestworkApplied } = replicaSetConditions;

const EMPTY = { total: 0, applied: 0, available: 0, progressing: 0, degraded: 0 } as const;
type Counts = Required<Pick<ReplicaSetSummary, keyof typeof EMPTY>>;
const COUNTED = Object.keys(EMPTY) as readonly (keyof typeof EMPTY)[];
/** Failures that a message names; the log has them all. */
const NAMED_FAILURES = 3;

/** The status after a pass over all Placements (work 12.5, 12.6). */
export function statusAfterPass(
  set: ManifestWorkReplicaSet,
  outcomes: readonly PlacementOutcome[],
  now: Date,
): ManifestWorkReplicaSetStatus {
  const placementSummary = outcomes.map(summaryOf);
  const summary = sumOf(placementSummary);
  const verified = verifiedOf(outcomes, summary);
  const updates = [verified, howRolloutsGo(set, outcomes), appliedOf(summary, verified, outcomes)];
  return { ...set.status, summary, placementSummary, conditions: withConditions(set, updates, now) };
}

/** The status of a replica set whose works cannot carry its name (work 12.4 step 1). */
export function statusOfInvalidName(
  set: ManifestWorkReplicaSet,
  { owner, problem }: { readonly owner: string; readonly problem: string },
  now: Date,
): ManifestWorkReplicaSetStatus {
  const message = `no works can be created: "${owner}" (namespace, dot, name) is not a legal label value: ${problem}. Use a shorter name.`;
  const update = { ...manifestworkApplied.invalidName, message };
  return { ...set.status, conditions: withConditions(set, [update], now) };
}

/** The status when a Placement does not exist: what it says about works stays as it is (work 12.4 step 3a). */
export function statusWithoutPlacement(
  set: ManifestWorkReplicaSet,
  placement: string,
  now: Date,
): ManifestWorkReplicaSetStatus {
  const message = `Placement "${placement}" does not exist in namespace "${set.metadata.namespace}"; create it, or take it out of placementRefs`;
  const update = { ...placementVerified.decisionNotFound, message };
  return { ...set.status, conditions: withConditions(set, [update], now) };
}

/** Whether one status says something else than the other that cannot wait: a condition with another status or reason. */
export function isNews(before: ManifestWorkReplicaSetStatus | undefined, after: ManifestWorkReplicaSetStatus): boolean {
  return (after.conditions ?? []).some(({ type, status, reason }) => {
    const old = findCondition(before?.conditions, type);
    return old?.status !== status || old.reason !== reason;
  });
}

function withConditions(
  { status }: ManifestWorkReplicaSet,
  updates: readonly ConditionUpdate[],
  now: Date,
): ManifestWorkReplicaSetStatus['conditions'] & object {
  return updates.reduce((conditions, update) => setCondition(conditions, update, now), status?.conditions ?? []);
}

function summaryOf({ plan, written }: PlacementOutcome): PlacementSummary {
  const { placement, current } = plan;
  const works = [...current.values()].filter((work) => !isDeleting(work));
  const countOf = (type: string): number => works.filter((work) => isTrue(work, type)).length;
  const total = new Set([...current.keys(), ...written]).size;
  const { decisionGroups = [], numberOfSelectedClusters = 0 } = placement.status ?? {};
  return {
    name: plan.ref.name,
    availableDecisionGroups: `${decisionGroups.length} (${total} / ${numberOfSelectedClusters} clusters applied)`,
    summary: {
      total,
      applied: countOf(workConditions.applied.type),
      available: countOf(workConditions.available.type),
      progressing: countOf(workConditions.progressing.type),
      degraded: countOf(workConditions.degraded.type),
    },
  };
}

function isTrue({ status }: ManifestWork, type: string): boolean {
  return isConditionTrue(status?.conditions, type);
}

function sumOf(summaries: readonly PlacementSummary[]): Counts {
  const sum = (key: keyof Counts): number => summaries.reduce((total, { summary }) => total + (summary?.[key] ?? 0), 0);
  const counts = Object.fromEntries(COUNTED.map((key) => [key, sum(key)])) as unknown as Counts;
  return counts.total === 0 ? EMPTY : counts;
}

function verifiedOf(outcomes: readonly PlacementOutcome[], { total }: Counts): ConditionUpdate {
  const problems = outcomes.flatMap(({ plan }) =>
    plan.problem === undefined ? [] : `${plan.ref.name}: ${plan.problem}`,
  );
  if (problems.length > 0) return { ...placementVerified.notAsExpected, message: problems.join('; ') };
  if (total > 0) return { ...placementVerified.asExpected, message: 'The decisions of all Placements are known' };
  const names = outcomes.map(({ plan }) => plan.ref.name).join(', ');
  return {
    ...placementVerified.decisionEmpty,
    message: `No cluster has a work yet from: ${names}${failuresOf(outcomes)}`,
  };
}

function appliedOf(
  { total, available, progressing, degraded }: Counts,
  verified: ConditionUpdate,
  outcomes: readonly PlacementOutcome[],
): ConditionUpdate {
  const failures = failuresOf(outcomes);
  if (total === 0) {
    const isEmpty = verified.reason === placementVerified.decisionEmpty.reason;
    const outcome = isEmpty ? manifestworkApplied.decisionEmpty : manifestworkApplied.notAsExpected;
    return { ...outcome, message: `There are no works${failures}` };
  }
  const message = `${available} of ${total} works are available, ${progressing} progressing, ${degraded} degraded${failures}`;
  if (available === total && progressing === 0 && degraded === 0) return { ...manifestworkApplied.asExpected, message };
  const isAtWork = progressing > 0 && degraded === 0;
  return { ...(isAtWork ? manifestworkApplied.processing : manifestworkApplied.notAsExpected), message };
}

function failuresOf(outcomes: readonly PlacementOutcome[]): string {
  // That somebody else wrote meanwhile is no news: the next pass, which comes at once, knows it.
  const failures = outcomes.flatMap((outcome) =>
    outcome.failures.filter(({ error }) => !isKubeError(error, 'conflict')),
  );
  if (failures.length === 0) return '';
  const named = failures.slice(0, NAMED_FAILURES).map(({ cluster, error }) => `${cluster}: ${error.message}`);
  const more = failures.length > named.length ? `; and ${failures.length - named.length} more` : '';
  return `; could not be written, will be tried again: ${named.join('; ')}${more}`;
}
