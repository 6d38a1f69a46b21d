import { findCondition, isDeleting, labels, type ManifestWork, workConditions } from '@ocm/api';
import { isRawNumber } from '@ocm/kube';

/** What is to become of a work that may be complete. */
export type CompletedVerdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'delete'; readonly completedAt: string };

const KEEP: CompletedVerdict = { kind: 'keep' };

/**
 * Whether a work has been complete for as long as it is to be kept (work 14). Those of replica sets are left to the replica set, which
 * would only create them again.
 */
export function judgeCompleted(work: ManifestWork, nowMs: number): CompletedVerdict {
  const ttlSeconds = ttlOf(work);
  const completedAt = completionOf(work);
  if (ttlSeconds === undefined || completedAt === undefined || isOwned(work) || isDeleting(work)) return KEEP;
  if (ttlSeconds <= 0) return { kind: 'delete', completedAt };
  const leftMs = Date.parse(completedAt) + ttlSeconds * 1000 - nowMs;
  if (leftMs <= 0) return { kind: 'delete', completedAt };
  // A time that cannot be read has not come.
  return Number.isNaN(leftMs) ? KEEP : { kind: 'wait', forMs: leftMs };
}

/** An int64 beyond 2^53 is held as text. */
function ttlOf({ spec }: ManifestWork): number | undefined {
  const ttlSeconds = spec?.deleteOption?.ttlSecondsAfterFinished;
  return isRawNumber(ttlSeconds) ? Number(ttlSeconds.rawJSON) : ttlSeconds;
}

function completionOf({ status }: ManifestWork): string | undefined {
  const complete = findCondition(status?.conditions, workConditions.complete.type);
  return complete?.status === 'True' ? complete.lastTransitionTime : undefined;
}

function isOwned({ metadata }: ManifestWork): boolean {
  return metadata.labels?.[labels.replicaSet] !== undefined;
}
