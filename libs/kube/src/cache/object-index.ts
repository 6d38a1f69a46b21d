/** Objects by a value of theirs. `valuesOf` must give the same values for the same object every time. */
export class ObjectIndex<T> {
  readonly #valuesOf: (object: T) => readonly string[];
  readonly #buckets = new Map<string, Map<string, T>>();

  constructor(valuesOf: (object: T) => readonly string[]) {
    this.#valuesOf = valuesOf;
  }

  get(value: string): readonly T[] {
    const bucket = this.#buckets.get(value);
    return bucket === undefined ? [] : [...bucket.values()];
  }

  /** Replaces `previous`, the object that was stored under the key. */
  update(key: string, previous: T | undefined, next: T | undefined): void {
    const before = previous === undefined ? [] : this.#valuesOf(previous);
    const after = next === undefined ? [] : this.#valuesOf(next);
    for (const value of before) if (!after.includes(value)) this.#remove(value, key);
    if (next === undefined) return;
    for (const value of after) {
      const bucket = this.#buckets.get(value);
      if (bucket === undefined) this.#buckets.set(value, new Map([[key, next]]));
      else bucket.set(key, next);
    }
  }

  #remove(value: string, key: string): void {
    const bucket = this.#buckets.get(value);
    bucket?.delete(key);
    if (bucket?.size === 0) this.#buckets.delete(value);
  }
}
