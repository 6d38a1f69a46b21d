import type { Clock } from '@ocm/kube';

const MINUTE_MS = 60_000;

/** Counts events, and tells when there were too many in a minute. */
export class EventBudget {
  readonly #perMinute: number;
  readonly #clock: Pick<Clock, 'now'>;
  #sinceMs: number;
  #count = 0;

  constructor({ perMinute, clock }: { readonly perMinute: number; readonly clock: Pick<Clock, 'now'> }) {
    this.#perMinute = perMinute;
    this.#clock = clock;
    this.#sinceMs = clock.now().getTime();
  }

  /** Counts one event; false when it was too many. */
  spend(): boolean {
    const nowMs = this.#clock.now().getTime();
    // A minute is over as well when the clock was set back.
    if (nowMs - this.#sinceMs >= MINUTE_MS || nowMs < this.#sinceMs) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#perMinute;
  }
}
