/** Lets so many run at once and makes the rest wait, in the order in which they came. */
export class InFlight {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many run now. */
  get count(): number {
    return this.#count;
  }

  /** Runs it when its turn has come. Throws the signal's reason when that fires before. */
  async run<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    await this.#turn(signal);
    try {
      return await act();
    } finally {
      this.#count -= 1;
      this.#next();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const start = (): void => {
      this.#count += 1;
      resolve();
    };
    const leave = (): void => {
      const at = this.#waiting.indexOf(start);
      if (at !== -1) this.#waiting.splice(at, 1);
      reject(signal.reason);
    };
    this.#waiting.push(start);
    signal.addEventListener('abort', leave, { once: true });
    this.#next();
    await promise.finally(() => signal.removeEventListener('abort', leave));
  }

  #next(): void {
    if (this.#count < this.#most) this.#waiting.shift()?.();
  }
}
