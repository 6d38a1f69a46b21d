import type { KubeObject } from '@ocm/api';
import { keyOf, type Ref } from '@ocm/kube';
import type { StoreChange } from '../store-change.ts';

/** What happened to an object of a store. */
export interface StoreNews<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

/** Whose resource versions the objects have: those of the hub, or numbers of this store, which never leave it. */
export type Versioning = 'hub' | 'local';

/** The objects of one data type that an agent knows (cloudevents-grpc 9.6), by name and by uid. */
export class LocalStore<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #keys = new Map<string, string>();
  readonly #listeners = new Set<(news: StoreNews<T>) => void>();
  readonly #versioning: Versioning;
  readonly #filled = Promise.withResolvers<void>();
  #version = 0;
  #isFilled = false;

  constructor(versioning: Versioning) {
    this.#versioning = versioning;
  }

  /** Whether the hub has answered what there is, once. Before that, absence means nothing. */
  get isFilled(): boolean {
    return this.#isFilled;
  }

  /** Resolves when it has. */
  get filled(): Promise<void> {
    return this.#filled.promise;
  }

  markFilled(): void {
    this.#isFilled = true;
    this.#filled.resolve();
  }

  get(ref: Ref): T | undefined {
    return this.#objects.get(keyOf({ metadata: typeof ref === 'string' ? { name: ref } : refMetadata(ref) }));
  }

  byUid(uid: string | undefined): T | undefined {
    const key = uid === undefined ? undefined : this.#keys.get(uid);
    return key === undefined ? undefined : this.#objects.get(key);
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Carries out what an event, or a write of our own, means for the store. Returns the object as it is stored. */
  apply(change: StoreChange<T>): T | undefined {
    switch (change.kind) {
      case 'none':
        return undefined;
      case 'put':
        if (change.renamedFrom !== undefined) this.#remove(this.byUid(change.object.metadata.uid));
        return this.#put(change.object);
      case 'remove':
        this.#remove(change.object);
        return undefined;
    }
  }

  /** Told of every change from now on; must not throw. Returns how to stop that. */
  listen(listener: (news: StoreNews<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(given: T): T {
    const object = this.#versioned(given);
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before?.metadata.uid !== undefined) this.#keys.delete(before.metadata.uid);
    if (object.metadata.uid !== undefined) this.#keys.set(object.metadata.uid, key);
    this.#objects.set(key, object);
    this.#tell({ type: before === undefined ? 'ADDED' : 'MODIFIED', object });
    return object;
  }

  #remove(object: T | undefined): void {
    if (object === undefined || !this.#objects.delete(keyOf(object))) return;
    if (object.metadata.uid !== undefined) this.#keys.delete(object.metadata.uid);
    this.#tell({ type: 'DELETED', object: this.#versioned(object) });
  }

  #versioned(object: T): T {
    if (this.#versioning === 'hub') return object;
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #tell(news: StoreNews<T>): void {
    for (const listener of this.#listeners) listener(news);
  }
}

function refMetadata({ namespace, name }: { readonly namespace?: string | undefined; readonly name: string }): {
  readonly name: string;
  readonly namespace?: string;
} {
  return namespace === undefined ? { name } : { name, namespace };
}
