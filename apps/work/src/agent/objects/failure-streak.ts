import { isKubeError, type WatchHealth } from '@ocm/kube';

/** After so much trouble a cache is not what there is any more. */
const LONGEST_MS = 60_000;
/** Two failures belong together unless there was more time than the longest wait for the next attempt: then that one had succeeded. */
const APART_MS = 45_000;

/**
 * Failures of a watch one after the other: each that is resumed goes on where the last one ended, and until then its cache stands still.
 * Only a watch that the API server refuses has failed: one that was cut is resumed in a moment, and a server that is out of reach would
 * answer no other question either.
 */
export class FailureStreak {
  #sinceMs: number | undefined;
  #lastMs = 0;

  /** Takes in what has become of the watch; true when it has failed for too long. */
  heard(health: WatchHealth, nowMs: number): boolean {
    if (health.kind === 'working') {
      this.#sinceMs = undefined;
      return false;
    }
    if (!isAnswered(health.error)) return false;
    const sinceLastMs = nowMs - this.#lastMs;
    if (this.#sinceMs === undefined || sinceLastMs > APART_MS || sinceLastMs < 0) this.#sinceMs = nowMs;
    this.#lastMs = nowMs;
    return nowMs - this.#sinceMs >= LONGEST_MS;
  }
}

function isAnswered(error: unknown): boolean {
  return isKubeError(error) && error.status !== undefined;
}
