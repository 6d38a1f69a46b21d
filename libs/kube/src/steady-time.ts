import type { Clock } from './clock.ts';

/**
 * Milliseconds that never run backwards although the time of day may be set back. For differences only: the origin is the first reading.
 */
export class SteadyTime {
  readonly #clock: Clock;
  #lastReadingMs: number;
  #correctionMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastReadingMs = clock.now().getTime();
  }

  nowMs(): number {
    const reading = this.#clock.now().getTime();
    if (reading < this.#lastReadingMs) this.#correctionMs += this.#lastReadingMs - reading;
    this.#lastReadingMs = reading;
    return reading + this.#correctionMs;
  }

  /** A timer that was set for `ms` has fired: timers do not follow the time of day, so it is at least `ms` now. */
  reached(ms: number): void {
    const now = this.nowMs();
    if (now < ms) this.#correctionMs += ms - now;
  }
}
