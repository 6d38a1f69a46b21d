/** Runs jobs about the same thing one after the other, in the order in which they came; jobs about different things do not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Resolves, or rejects, as the job does; a job that fails does not keep the next one from running. */
  async take<R>(key: string, job: () => Promise<R>): Promise<R> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(job);
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, over);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }

  /** Whether a job about this is running or waiting. */
  isBusy(key: string): boolean {
    return this.#last.has(key);
  }
}
