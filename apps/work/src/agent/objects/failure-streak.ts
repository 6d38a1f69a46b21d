/** After so much trouble a cache is not what there is any more. */
const LONGEST_MS = 60_000;
/** Two failures belong together unless there was more time than the longest wait for the next attempt: then that one had succeeded. */
const APART_MS = 45_000;

/** Failures of a watch one after the other: each that is resumed goes on where the last one ended, and until then its cache stands still. */
export class FailureStreak {
  #sinceMs: number | undefined;
  #lastMs = 0;

  /** Counts one failure; true when the watch has failed for too long. */
  failed(nowMs: number): boolean {
    const sinceLastMs = nowMs - this.#lastMs;
    if (this.#sinceMs === undefined || sinceLastMs > APART_MS || sinceLastMs < 0) this.#sinceMs = nowMs;
    this.#lastMs = nowMs;
    return nowMs - this.#sinceMs >= LONGEST_MS;
  }

  /** The watch has told of something. */
  worked(): void {
    this.#sinceMs = undefined;
  }
}
