import { isKubeError } from './error.ts';

/** How the queue answers a failed reconcile. */
export interface FailureJudgement {
  /** A conflict is the normal way in which several writers of one object meet: nobody needs to hear of it (work 5.4). */
  readonly isConflict: boolean;
  /** What the server asked for with Retry-After; 0 when it asked for nothing. */
  readonly minDelayMs: number;
}

/** Looks through causes and aggregates: a controller wraps errors with what it was doing. */
export function judgeFailure(error: unknown): FailureJudgement {
  const roots = rootsOf(error, new Set());
  return {
    isConflict: roots.length > 0 && roots.every((root) => isKubeError(root, 'conflict')),
    minDelayMs: Math.max(0, ...roots.map((root) => (isKubeError(root) ? (root.retryAfterMs ?? 0) : 0))),
  };
}

/** The KubeErrors behind an error, or the innermost errors where there is none. */
function rootsOf(error: unknown, seen: Set<unknown>): readonly unknown[] {
  if (seen.has(error)) return [];
  seen.add(error);
  if (isKubeError(error)) return [error];
  if (error instanceof AggregateError) return error.errors.flatMap((part: unknown) => rootsOf(part, seen));
  if (error instanceof Error && error.cause !== undefined) return rootsOf(error.cause, seen);
  return [error];
}
