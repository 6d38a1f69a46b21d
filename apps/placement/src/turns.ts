import type { Clock } from '@ocm/kube';

/** After so long in one go others get theirs: leases, health, watches. */
const TURN_MS = 10;
/** What others get after work that was long for want of a place to stop, so that a health probe gets through with all its round trips. */
const BREATH_MS = 50;

/** How the time of a process goes by. */
export interface Pace {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Milliseconds since some moment, by a clock that nobody sets. */
  readonly elapsedMs: () => number;
  /** Lets everything that is ready have its turn. */
  readonly giveWay: () => Promise<void>;
}

/** The pace of a process by its clock. */
export function paceOf(clock: Pick<Clock, 'sleep'>): Pace {
  return {
    clock,
    elapsedMs: () => performance.now(),
    giveWay: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

/** One piece of long work after the other, in the order in which they have asked, with pauses in between as they need them. */
export class Turns {
  readonly #pace: Pace;
  #last: Promise<void> = Promise.resolve();
  /** Since the last pause. */
  #workedMs = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /**
   * Does a piece of work when all who have asked before are done.
   *
   * @param work is told whether its turn is over: then it stops where it can, and the rest is for another turn
   * @throws the reason of the signal, or what the work throws
   */
  async take<T>(work: (isOver: () => boolean) => T, signal: AbortSignal): Promise<T> {
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    await before;
    try {
      await this.#pause(signal);
      signal.throwIfAborted();
      return this.#work(work);
    } finally {
      turn.resolve();
    }
  }

  /** Before a turn and not after it, so that who is done need not wait. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, giveWay } = this.#pace;
    const workedMs = this.#workedMs;
    if (workedMs <= TURN_MS) return;
    this.#workedMs = 0;
    await (workedMs > BREATH_MS ? clock.sleep(BREATH_MS, signal) : giveWay());
  }

  #work<T>(work: (isOver: () => boolean) => T): T {
    const { elapsedMs } = this.#pace;
    const startMs = elapsedMs();
    try {
      return work(() => elapsedMs() - startMs > TURN_MS);
    } finally {
      this.#workedMs += elapsedMs() - startMs;
    }
  }
}
