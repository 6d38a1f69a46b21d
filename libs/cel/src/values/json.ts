import { CelList } from './list.ts';
import { CelMap } from './map.ts';
import { type CelValue, parseInt64 } from './value.ts';

// In Node 22 and later, but not yet in TypeScript's library.
const { isRawJSON } = JSON as unknown as {
  isRawJSON: (this: void, value: unknown) => value is { readonly rawJSON: string };
};

type Reading = (value: unknown) => CelValue;

/** An array of a JSON document; elements turn into values when they are asked for. */
class JsonList extends CelList {
  readonly #items: readonly unknown[];
  readonly #read: Reading;
  constructor(items: readonly unknown[], read: Reading) {
    super();
    this.#items = items;
    this.#read = read;
  }
  get size(): number {
    return this.#items.length;
  }
  at(index: number): CelValue {
    return this.#read(this.#items[index]);
  }
}

/** An object of a JSON document; members turn into values when they are asked for, and undefined ones do not exist. */
class JsonMap extends CelMap {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #read: Reading;
  #keys: readonly string[] | undefined;
  constructor(members: Readonly<Record<string, unknown>>, read: Reading) {
    super();
    this.#members = members;
    this.#read = read;
  }
  get size(): number {
    return this.keys().length;
  }
  get(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#members, key)) return undefined;
    const value = this.#members[key];
    return value === undefined ? undefined : this.#read(value);
  }
  keys(): readonly string[] {
    this.#keys ??= definedKeys(this.#members);
    return this.#keys;
  }
}

/**
 * A JSON document, or a part of one, as a value of CEL. A whole number is an int, one with a fraction a double. A number that is kept as
 * text (`JSON.rawJSON`: work 22, exact reading) is an int when written without point and exponent, and a double otherwise or when it does
 * not fit into 64 bits. Objects and arrays are not copied, and looked into only where an expression does.
 */
export const fromJson = reading(readNumber);

/** As `fromJson`, but every number is a double (placement 5.4.2, parseJSON). */
export const fromJsonOfDoubles = reading((value) => value);

function reading(fromNumber: (value: number) => CelValue): Reading {
  const fromObject = (value: object): CelValue => {
    if (Array.isArray(value)) return new JsonList(value, read);
    if ('rawJSON' in value && isRawJSON(value)) return parseInt64(value.rawJSON) ?? Number(value.rawJSON);
    return new JsonMap(value as Record<string, unknown>, read);
  };
  const read = (value: unknown): CelValue => {
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number') return fromNumber(value);
    return typeof value === 'object' && value !== null ? fromObject(value) : null;
  };
  return read;
}

function definedKeys(members: Readonly<Record<string, unknown>>): readonly string[] {
  const keys = Object.keys(members);
  return keys.some((key) => members[key] === undefined) ? keys.filter((key) => members[key] !== undefined) : keys;
}

function readNumber(value: number): CelValue {
  if (Number.isSafeInteger(value)) return BigInt(value);
  // Beyond 2^53 what prints without exponent was written as an integer.
  return Number.isInteger(value) ? (parseInt64(String(value)) ?? value) : value;
}
