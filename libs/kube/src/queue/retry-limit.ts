const FIRST_BACKOFF_MS = 5;
const LONGEST_BACKOFF_MS = 1_000_000;
const RETRIES_PER_SECOND = 10;
const RETRY_BURST = 100;

/** Back-off of one key after `failures` failures in a row before this one: 5 ms doubling to 1000 s (registration 1.3, work 5.3). */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS);
}

/** The overall limit on the retries of one queue: 10 per second with a burst of 100 (registration 1.3). */
export class RetryLimit {
  #tokens = RETRY_BURST;
  #filledAtMs = 0;

  /** Books one retry; returns how long it has to wait. */
  reserveMs(nowMs: number): number {
    const earned = ((nowMs - this.#filledAtMs) / 1000) * RETRIES_PER_SECOND;
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(RETRY_BURST, this.#tokens + earned) - 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / RETRIES_PER_SECOND) * 1000;
  }
}
