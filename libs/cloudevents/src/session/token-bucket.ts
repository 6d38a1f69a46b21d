import type { Clock } from '@ocm/kube';

const MS_PER_SECOND = 1000;

/** Events per second in the long run, and at once (cloudevents-grpc 9.4). The rate rises up to `mostPerSecond` where answers are quick. */
export interface PublishRate {
  readonly perSecond: number;
  readonly burst: number;
  readonly mostPerSecond: number;
}

const standardRate: PublishRate = { perSecond: 50, burst: 100, mostPerSecond: 400 };
const QUICK_MS = 100;

/**
 * Lets so much through and makes the rest wait, in the order in which they came. The other side tells by its answers what it can take: each
 * quick one allows one event per second more, a slow one or a failure halves the rate, and it is never below that of the specification.
 */
export class TokenBucket {
  readonly #rate: PublishRate;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  #perSecond: number;
  #tokens: number;
  #filledMs: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Pick<Clock, 'now' | 'sleep'>, rate: PublishRate = standardRate) {
    this.#rate = rate;
    this.#clock = clock;
    this.#perSecond = rate.perSecond;
    this.#tokens = rate.burst;
    this.#filledMs = clock.now().getTime();
  }

  /** Waits for a turn; returns how long that took, in milliseconds. Throws the signal's reason. */
  async take(signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const startMs = this.#clock.now().getTime();
    // One at a time, so that those who wait gain by a rate that rises meanwhile.
    const turn = this.#last.then(() => this.#untilToken(signal));
    this.#last = turn.catch(() => undefined);
    await turn;
    return Math.max(0, this.#clock.now().getTime() - startMs);
  }

  /** What was let through has been dealt with. @param tookMs how long that took; `undefined` when it failed */
  answered(tookMs: number | undefined): void {
    const { perSecond, mostPerSecond } = this.#rate;
    const next = tookMs !== undefined && tookMs <= QUICK_MS ? this.#perSecond + 1 : this.#perSecond / 2;
    this.#fill(); // the time until now counts at the rate until now
    this.#perSecond = Math.min(mostPerSecond, Math.max(perSecond, next));
  }

  async #untilToken(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#fill();
    if (this.#tokens < 1) {
      await this.#clock.sleep(((1 - this.#tokens) * MS_PER_SECOND) / this.#perSecond, signal);
      signal.throwIfAborted();
      this.#fill();
    }
    this.#tokens -= 1;
  }

  #fill(): void {
    const nowMs = this.#clock.now().getTime();
    const elapsedMs = Math.max(0, nowMs - this.#filledMs); // the clock may have been set back
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (elapsedMs * this.#perSecond) / MS_PER_SECOND);
    this.#filledMs = nowMs;
  }
}
