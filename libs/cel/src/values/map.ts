import { CelUint, type CelValue } from './value.ts';

type MapKey = string | bigint | boolean | number;

/** A map. Never changes. */
export abstract class CelMap {
  readonly typeName = 'map';
  abstract readonly size: number;
  /** Undefined when there is no such key. Numbers of different types that are equal are the same key. */
  abstract get(key: CelValue): CelValue | undefined;
  /** Takes time in proportion to `size`. */
  abstract keys(): readonly CelValue[];
}

/** A map that an expression made. */
export class EntryMap extends CelMap {
  readonly #entries = new Map<MapKey, { readonly key: CelValue; readonly value: CelValue }>();

  /** @param entries of two with the same key the last one counts; keys of a type that cannot be one must be left out */
  constructor(entries: Iterable<readonly [CelValue, CelValue]>) {
    super();
    for (const [key, value] of entries) {
      const index = mapKey(key);
      if (index !== undefined) this.#entries.set(index, { key, value });
    }
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: CelValue): CelValue | undefined {
    const index = mapKey(key);
    return index === undefined ? undefined : this.#entries.get(index)?.value;
  }
  keys(): readonly CelValue[] {
    return Array.from(this.#entries.values(), ({ key }) => key);
  }
}

/** Whether a value can be a key: a text, a number or a bool. */
export const isMapKey = (value: CelValue): boolean => mapKey(value) !== undefined;

/** How a key is found again; undefined for a value that cannot be a key. */
function mapKey(key: CelValue): MapKey | undefined {
  if (key instanceof CelUint) return key.value;
  if (typeof key === 'number') return Number.isInteger(key) ? BigInt(key) : key;
  return typeof key === 'object' ? undefined : key;
}
