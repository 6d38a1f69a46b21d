/** A delay per key that doubles each time it is asked for, until it is reset: how often to look at what others must finish first. */
export class GrowingDelays {
  readonly #first: number;
  readonly #longest: number;
  readonly #last = new Map<string, number>();

  /** Both in milliseconds. */
  constructor({ first, longest }: { readonly first: number; readonly longest: number }) {
    this.#first = first;
    this.#longest = longest;
  }

  /** Milliseconds to wait now. */
  next(key: string): number {
    const last = this.#last.get(key);
    const delay = Math.min(last === undefined ? this.#first : last * 2, this.#longest);
    this.#last.set(key, delay);
    return delay;
  }

  /** Whether somebody waits for the key: it was asked for, and has not been reset. */
  has(key: string): boolean {
    return this.#last.has(key);
  }

  reset(key: string): void {
    this.#last.delete(key);
  }
}
