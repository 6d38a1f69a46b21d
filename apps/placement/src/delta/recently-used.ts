/**
 * Remembers a limited number of values by key. When all places are taken, a new key gets that of the one which has not been asked for the
 * longest, if that is long enough ago: keys that are asked in turn, more of them than there are places, would else displace each other each time.
 */
export class RecentlyUsed<Key, Value> {
  readonly #entries = new Map<Key, { readonly value: Value; readonly askedAt: number }>();
  readonly #places: number;
  readonly #patience: number;
  #asked = 0;

  /** @param patience after how many questions for others a value may go */
  constructor({ places, patience }: { readonly places: number; readonly patience: number }) {
    this.#places = places;
    this.#patience = patience;
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

  /** Makes one if it may. */
  #hasPlace(): boolean {
    if (this.#entries.size < this.#places) return true;
    const [oldest] = this.#entries;
    if (oldest === undefined || this.#asked - oldest[1].askedAt <= this.#patience) return false;
    return this.#entries.delete(oldest[0]);
  }
}
