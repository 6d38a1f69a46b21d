/** Somebody has too much waiting already. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/**
 * Waits for something else meanwhile, without a place; then the task has to wait for its turn again. When too many have begun and stepped aside, it
 * waits with its place. Throws what the waiting throws.
 */
export type StepAside = (wait: () => Promise<void>) => Promise<void>;

interface Waiting {
  readonly start: () => void;
}

interface Limits {
  readonly atOnce: number;
  readonly mostWaitingPerKey: number;
  /** How many tasks may have begun and have no place; default any number. */
  readonly mostAside?: number;
}

/** Those who leave when a signal fires. */
interface Leavers {
  readonly leave: Set<() => void>;
  readonly onAbort: () => void;
}

/**
 * Runs so many tasks at once and makes the rest wait. Those who wait take turns by key, so that one who asks for much does not keep others
 * from being served.
 */
export class FairQueue {
  readonly #limits: Limits;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #leavers = new Map<AbortSignal, Leavers>();
  /** How many tasks of a key have stepped aside: they count as waiting. */
  readonly #aside = new Map<string, number>();
  /** How many tasks have begun and have no place. */
  #begunAside = 0;
  #running = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * The outcome of the task, once it had its turn. A task that waits for something that others do not need is to step aside.
   *
   * @throws QueueFullError when too many tasks of the key wait
   * @throws the reason of the signal, when that fires before the turn comes
   */
  async run<T>(key: string, task: (stepAside: StepAside) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const waiting = (this.#waiting.get(key)?.length ?? 0) + (this.#aside.get(key) ?? 0);
    if (waiting >= this.#limits.mostWaitingPerKey) {
      throw new QueueFullError(`${waiting} calls of this client wait already`);
    }
    if (this.#running >= this.#limits.atOnce) await this.#turn(key, signal);
    else this.#running += 1;
    let hasPlace = true;
    const stepAside: StepAside = async (wait) => {
      if (this.#begunAside >= (this.#limits.mostAside ?? Number.POSITIVE_INFINITY)) {
        await wait();
        return;
      }
      hasPlace = false;
      this.#leave();
      this.#begunAside += 1;
      try {
        await this.#waitAside(key, wait);
        signal.throwIfAborted();
        if (this.#running >= this.#limits.atOnce) await this.#turn(key, signal);
        else this.#running += 1;
      } finally {
        this.#begunAside -= 1;
      }
      hasPlace = true;
    };
    try {
      return await task(stepAside);
    } finally {
      if (hasPlace) this.#leave();
    }
  }

  #leave(): void {
    this.#running -= 1;
    this.#next();
  }

  async #waitAside(key: string, wait: () => Promise<void>): Promise<void> {
    this.#countAside(key, 1);
    try {
      await wait();
    } finally {
      this.#countAside(key, -1);
    }
  }

  #countAside(key: string, more: 1 | -1): void {
    const count = (this.#aside.get(key) ?? 0) + more;
    if (count === 0) this.#aside.delete(key);
    else this.#aside.set(key, count);
  }

  async #turn(key: string, signal: AbortSignal): Promise<void> {
    const line = this.#waiting.get(key) ?? [];
    const turn = Promise.withResolvers<void>();
    const waiting = { start: turn.resolve };
    line.push(waiting);
    this.#waiting.set(key, line);
    const leave = (): void => {
      this.#remove(key, waiting);
      turn.reject(signal.reason);
    };
    const { leave: all, onAbort } = this.#leaversOf(signal);
    all.add(leave);
    try {
      await turn.promise;
    } finally {
      all.delete(leave);
      if (all.size === 0) {
        signal.removeEventListener('abort', onAbort);
        this.#leavers.delete(signal);
      }
    }
  }

  /** One listener for each signal: adding one takes the longer the more there are, and thousands wait with the same signal. */
  #leaversOf(signal: AbortSignal): Leavers {
    const known = this.#leavers.get(signal);
    if (known !== undefined) return known;
    const leave = new Set<() => void>();
    const onAbort = (): void => {
      for (const each of leave) each();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#leavers.set(signal, { leave, onAbort });
    return { leave, onAbort };
  }

  /** The place of a task that has ended goes to the first of the key whose turn it is. */
  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#running >= this.#limits.atOnce) return;
    const [key, line] = first;
    const waiting = line.shift();
    // Behind all others that wait.
    this.#waiting.delete(key);
    if (line.length > 0) this.#waiting.set(key, line);
    this.#running += 1;
    waiting?.start();
  }

  #remove(key: string, waiting: Waiting): void {
    const line = this.#waiting.get(key);
    const at = line?.indexOf(waiting) ?? -1;
    if (line === undefined || at < 0) return;
    line.splice(at, 1);
    if (line.length === 0) this.#waiting.delete(key);
  }
}
