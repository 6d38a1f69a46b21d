import type { KubeObject } from '@ocm/api';
import { createCompactor, withoutManagedFields } from './compact-object.ts';
import type { InformerOptions, Lister, ObjectEvent } from '../informer.ts';
import { ObjectIndex } from './object-index.ts';
import { keyOf, keyOfRef } from '../object-key.ts';
import type { Ref } from '../resource.ts';

export interface CacheOptions<T extends KubeObject, Index extends string> extends Pick<
  InformerOptions<T, Index>,
  'indexes' | 'keep' | 'transform'
> {
  /** An index, filter or transform threw; the object is held as if that function were not there. */
  readonly onError: (error: unknown, object: T) => void;
}

/** Frozen objects by key. Each change returns the events that it means. */
export class ObjectCache<T extends KubeObject, Index extends string = never> implements Lister<T, Index> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: ReadonlyMap<string, ObjectIndex<T>>;
  readonly #options: CacheOptions<T, Index>;
  readonly #compact = createCompactor();
  #listed: readonly T[] | undefined;

  constructor(options: CacheOptions<T, Index>) {
    this.#options = options;
    const functions = Object.entries<(object: T) => readonly string[]>(options.indexes ?? {});
    this.#indexes = new Map(
      functions.map(([name, valuesOf]) => [name, new ObjectIndex((object: T) => this.#attempt(valuesOf, object, []))]),
    );
  }

  get size(): number {
    return this.#objects.size;
  }

  get(ref: Ref): T | undefined {
    return this.#objects.get(keyOfRef(ref));
  }

  /** In no particular order. The same array until something changes. */
  list(): readonly T[] {
    return (this.#listed ??= Object.freeze([...this.#objects.values()]));
  }

  by(index: Index, value: string): readonly T[] {
    return this.#indexes.get(index)?.get(value) ?? [];
  }

  /** Takes in an object as it was read; the argument is used up. */
  put(read: T, { initial }: { readonly initial: boolean }): readonly ObjectEvent<T>[] {
    const key = keyOf(read);
    const previous = this.#objects.get(key);
    if (previous !== undefined && isSameVersion(previous, read)) return [];
    const object = this.#admit(read);
    if (object === undefined) return this.#forget(key, previous);
    this.#store(key, previous, object);
    if (previous === undefined) return [{ type: 'added', object, initial }];
    if (previous.metadata.uid === object.metadata.uid) return [{ type: 'updated', object, previous }];
    // Deleted and created again while nobody looked: whoever holds something for the old one must let go of it.
    return [
      { type: 'deleted', object: previous },
      { type: 'added', object, initial },
    ];
  }

  /** Takes out an object that was deleted; the event shows its last state. */
  remove(read: T): readonly ObjectEvent<T>[] {
    const key = keyOf(read);
    const previous = this.#objects.get(key);
    return this.#forget(key, previous, previous === undefined ? undefined : this.#reduce(read));
  }

  /** Takes out everything that a complete list did not have. */
  retain(listed: ReadonlySet<string>): readonly ObjectEvent<T>[] {
    const missing = [...this.#objects].filter(([key]) => !listed.has(key));
    return missing.flatMap(([key, object]) => this.#forget(key, object));
  }

  #forget(key: string, previous: T | undefined, last = previous): readonly ObjectEvent<T>[] {
    if (previous === undefined || last === undefined) return [];
    this.#store(key, previous, undefined);
    return [{ type: 'deleted', object: last }];
  }

  #store(key: string, previous: T | undefined, next: T | undefined): void {
    this.#listed = undefined;
    if (next === undefined) this.#objects.delete(key);
    else this.#objects.set(key, next);
    for (const index of this.#indexes.values()) index.update(key, previous, next);
  }

  #admit(read: T): T | undefined {
    const { keep } = this.#options;
    if (keep !== undefined && !this.#attempt(keep, read, true)) return undefined;
    return this.#reduce(read);
  }

  #reduce(read: T): T {
    const { transform } = this.#options;
    const lean = withoutManagedFields(read);
    return this.#compact(transform === undefined ? lean : this.#attempt(transform, lean, lean));
  }

  #attempt<R>(of: (object: T) => R, object: T, otherwise: R): R {
    try {
      return of(object);
    } catch (error) {
      this.#options.onError(error, object);
      return otherwise;
    }
  }
}

function isSameVersion({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  return a.resourceVersion !== undefined && a.resourceVersion === b.resourceVersion && a.uid === b.uid;
}
