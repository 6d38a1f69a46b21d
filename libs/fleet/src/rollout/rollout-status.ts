import { type Condition, findCondition, type ManifestWork, workConditions } from '@ocm/api';

/**
 * How far a rollout has come on one cluster. `ToApply`: the new content is not there yet; `TimeOut`: the progress deadline has passed;
 * `Skip`: nothing is to happen.
 */
export type RolloutStatus = 'ToApply' | 'Progressing' | 'Succeeded' | 'Failed' | 'TimeOut' | 'Skip';

/** Where a cluster stands, and since when. */
export interface RolloutState {
  readonly status: RolloutStatus;
  /** Milliseconds since the epoch at which it came to this status; absent when nobody knows, which counts as now. */
  readonly sinceMs?: number;
}

type JudgedWork = Pick<ManifestWork, 'metadata' | 'status'>;

/**
 * Where the cluster of a ManifestWork stands (work 13.1). Only conditions of the present generation count: without a condition rule named
 * `Progressing` that is never more than `ToApply`.
 */
export function rolloutStateOfWork(work: JudgedWork): RolloutState {
  const { applied, progressing, degraded } = workConditions;
  const isApplied = current(work, applied.type);
  const progress = current(work, progressing.type);
  if (isApplied?.status !== 'True' || progress === undefined) return { status: 'ToApply' };
  const failure = find(work, degraded.type);
  if (failure !== undefined && current(work, degraded.type) === undefined) return { status: 'ToApply' };
  if (progress.status === 'False') return since(progress, 'Succeeded');
  if (progress.status === 'True' && failure?.status === 'True') return since(failure, 'Failed');
  return since(progress, 'Progressing');
}

function find({ status }: JudgedWork, type: string): Condition | undefined {
  return findCondition(status?.conditions, type);
}

function current(work: JudgedWork, type: string): Condition | undefined {
  const condition = find(work, type);
  return (condition?.observedGeneration ?? 0) === (work.metadata.generation ?? 0) ? condition : undefined;
}

function since({ lastTransitionTime }: Condition, status: RolloutStatus): RolloutState {
  const sinceMs = Date.parse(lastTransitionTime);
  return Number.isNaN(sinceMs) ? { status } : { status, sinceMs };
}
