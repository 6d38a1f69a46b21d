/** What the heap orders. `heapIndex` belongs to the heap; -1 means that the item is not in it. */
export interface Delayed {
  dueMs: number;
  heapIndex: number;
}

/**
 * Items by due time, the earliest first. Every operation is O(log n), also the removal of any item: a requeue of hours that each event
 * overrides must not pile up.
 */
export class DelayHeap<Item extends Delayed> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The earliest item, left in place. */
  first(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** Takes the item out; one that is not in the heap is left alone. */
  remove(item: Item): void {
    const index = item.heapIndex;
    if (index < 0) return;
    item.heapIndex = -1;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    const parent = this.#items[(index - 1) >> 1];
    if (index > 0 && parent !== undefined && last.dueMs < parent.dueMs) this.#rise(last, index);
    else this.#sink(last, index);
  }

  #rise(item: Item, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#items[above];
      if (parent === undefined || parent.dueMs <= item.dueMs) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(item, index);
  }

  #sink(item: Item, from: number): void {
    let index = from;
    for (;;) {
      const below = this.#earlierChild(index);
      if (below === undefined || below.dueMs >= item.dueMs) break;
      const next = below.heapIndex;
      this.#place(below, index);
      index = next;
    }
    this.#place(item, index);
  }

  #earlierChild(index: number): Item | undefined {
    const left = this.#items[2 * index + 1];
    const right = this.#items[2 * index + 2];
    if (left === undefined || right === undefined) return left;
    return right.dueMs < left.dueMs ? right : left;
  }

  #place(item: Item, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
