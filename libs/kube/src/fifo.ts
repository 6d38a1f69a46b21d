/** First in, first out, each item once; any item can be taken out again. All operations are O(1). */
export class Fifo<Item> {
  readonly #items = new Set<Item>();
  // One cursor for many takes: a fresh one would walk over the holes that all earlier takes have left.
  #cursor = this.#items.values();

  get size(): number {
    return this.#items.size;
  }

  add(item: Item): void {
    this.#items.add(item);
  }

  remove(item: Item): void {
    this.#items.delete(item);
  }

  take(): Item | undefined {
    if (this.#items.size === 0) return undefined;
    let next = this.#cursor.next();
    if (next.done) {
      this.#cursor = this.#items.values();
      next = this.#cursor.next();
    }
    if (next.done) return undefined;
    this.#items.delete(next.value);
    return next.value;
  }
}
