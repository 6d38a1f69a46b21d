import type { Clock } from '@ocm/kube';

const MS_PER_SECOND = 1000;

/** Events per second in the long run, and at once (cloudevents-grpc 9.4). */
const standardRate = { perSecond: 50, burst: 100 } as const;

/** Lets so much through and makes the rest wait, in the order in which they came. */
export class TokenBucket {
  readonly #rate: { readonly perSecond: number; readonly burst: number };
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Pick<Clock, 'now' | 'sleep'>, rate: { perSecond: number; burst: number } = standardRate) {
    this.#rate = rate;
    this.#clock = clock;
    this.#tokens = rate.burst;
    this.#filledMs = clock.now().getTime();
  }

  /** Waits for a turn; returns how long that took, in milliseconds. Throws the signal's reason. */
  async take(signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const waitMs = this.#reserve();
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
    signal.throwIfAborted();
    return waitMs;
  }

  /** Takes a token, be it one of the future. */
  #reserve(): number {
    const nowMs = this.#clock.now().getTime();
    const { perSecond, burst } = this.#rate;
    const elapsedMs = Math.max(0, nowMs - this.#filledMs); // the clock may have been set back
    this.#tokens = Math.min(burst, this.#tokens + (elapsedMs * perSecond) / MS_PER_SECOND) - 1;
    this.#filledMs = nowMs;
    return this.#tokens >= 0 ? 0 : (-this.#tokens * MS_PER_SECOND) / perSecond;
  }
}
