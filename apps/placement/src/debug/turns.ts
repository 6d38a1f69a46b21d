/** One after the other, in the order in which they have asked. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all who have asked before are done, with what ends the turn. */
  async take(): Promise<() => void> {
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    await before;
    return turn.resolve;
  }
}
