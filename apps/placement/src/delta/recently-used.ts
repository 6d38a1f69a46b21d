/** How many questions for each place a value may go unasked before another may have its place. */
const PATIENCE = 2;

/**
 * Remembers a limited number of values by key. When all places are taken, a new key gets that of the one which has not been asked for the
 * longest, if that is long enough ago: keys that are asked in turn, up to twice as many as there are places, would else displace each other each
 * time. Keys that nobody asks for any more are gone soon.
 */
export class RecentlyUsed<Key, Value> {
  readonly #entries = new Map<Key, { readonly value: Value; readonly askedAt: number }>();
  readonly #places: number;
  #asked = 0;

  constructor(places: number) {
    this.#places = places;
  }

  /** The value of the key, made when there is none; `undefined` when there is none and no place for it. */
  get(key: Key, make: () => Value): Value | undefined {
    this.#asked += 1;
    const known = this.#entries.get(key);
    if (known === undefined && !this.#hasPlace()) return undefined;
    const value = known === undefined ? make() : known.value;
    this.#entries.delete(key);
    this.#entries.set(key, { value, askedAt: this.#asked });
    return value;
  }

  /** The value of the key if there is one; not a question that counts. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Makes one if it may. */
  #hasPlace(): boolean {
    if (this.#entries.size < this.#places) return true;
    const [oldest] = this.#entries;
    if (oldest === undefined || this.#asked - oldest[1].askedAt <= PATIENCE * this.#places) return false;
    return this.#entries.delete(oldest[0]);
  }
}
