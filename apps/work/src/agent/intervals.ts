const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Every time span of the agent (work 19), in milliseconds. */
export interface WorkAgentIntervals {
  /** Applied objects are looked at again after this, plus up to half of it: the correction of drift. */
  readonly applyResyncMs: number;
  /** Look again after the executor was denied something. */
  readonly executorRetryMs: number;
  /** What is remembered of executors that no work names any more is dropped this often. */
  readonly executorSweepMs: number;
  /** Objects that nobody watches are read again after this, times 1.0 to 1.9. */
  readonly statusSyncMs: number;
  /** First wait before manifests that met a conflict are tried again in the same pass; each further wait is five times longer. */
  readonly conflictRetryMs: number;
  /** Waits for stale objects, or for an AppliedManifestWork, to go: doubling from the first to the longest. */
  readonly finalizationMs: { readonly first: number; readonly longest: number };
  /** Waits for the objects of a deleted AppliedManifestWork to go. */
  readonly resourceDeletionMs: { readonly first: number; readonly longest: number };
  /** How long an AppliedManifestWork without a work is kept; 100 years and more mean forever. */
  readonly evictionGraceMs: number;
  /** Changes of applied objects that come within this are reported together. */
  readonly collectMs: number;
  /** Changes of applied objects are judged after this, when our own writes have been answered. */
  readonly driftMs: number;
  /** Longest evaluation of a jq expression, and how long the thread that does it is kept for the next one. */
  readonly jq: { readonly limitMs: number; readonly idleMs: number };
  readonly worksResyncMs: number;
  readonly appliedWorksResyncMs: number;
  /** Caches that are not filled after this end the process. */
  readonly cacheSyncMs: number;
}

export const standardIntervals: WorkAgentIntervals = {
  applyResyncMs: 4 * MINUTE,
  executorRetryMs: MINUTE,
  executorSweepMs: 10 * MINUTE,
  statusSyncMs: 10 * SECOND,
  conflictRetryMs: 10,
  finalizationMs: { first: 5, longest: 1000 * SECOND },
  resourceDeletionMs: { first: 50, longest: MINUTE },
  evictionGraceMs: HOUR,
  collectMs: 500,
  driftMs: 200,
  jq: { limitMs: SECOND, idleMs: MINUTE },
  worksResyncMs: 24 * HOUR,
  appliedWorksResyncMs: 21 * HOUR,
  cacheSyncMs: 10 * MINUTE,
};
