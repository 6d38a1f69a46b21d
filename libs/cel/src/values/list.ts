import type { CelValue } from './value.ts';

/** A list. Never changes. */
export abstract class CelList implements Iterable<CelValue> {
  readonly typeName = 'list';
  abstract readonly size: number;
  /** @param index within the list */
  abstract at(index: number): CelValue;

  toArray(): CelValue[] {
    const items: CelValue[] = [];
    for (let index = 0; index < this.size; index += 1) items.push(this.at(index));
    return items;
  }

  *[Symbol.iterator](): Iterator<CelValue> {
    for (let index = 0; index < this.size; index += 1) yield this.at(index);
  }
}

/** A list that an expression made. */
export class ValueList extends CelList {
  readonly #items: readonly CelValue[];
  constructor(items: readonly CelValue[]) {
    super();
    this.#items = items;
  }
  get size(): number {
    return this.#items.length;
  }
  at(index: number): CelValue {
    return this.#items[index] ?? null;
  }
}
