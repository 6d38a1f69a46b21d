import type { KubeObject } from '@ocm/api';
import {
  type Controller,
  KubeError,
  keyOf,
  type ObjectEvent,
  type Outcome,
  type Ref,
  retry,
  type WatchSource,
} from '@ocm/kube';

let versions = 0;

type KeysOf<T> = (event: ObjectEvent<T>) => string | readonly string[] | undefined;

/** One kind on a server in memory, with a cache that has every write at once. */
export class MemoryKind<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #subscribers = new Set<(event: ObjectEvent<T>) => void>();
  /** How often something was written. */
  writes = 0;

  get(ref: Ref): T | undefined {
    const { namespace, name } = typeof ref === 'string' ? { namespace: undefined, name: ref } : ref;
    return this.#objects.get(namespace === undefined ? name : `${namespace}/${name}`);
  }

  /** Writes an object, whatever is there. */
  put(object: T): T {
    versions += 1;
    const key = keyOf(object);
    const metadata = { uid: `uid of ${key}`, ...object.metadata, resourceVersion: String(versions) };
    const next: T = { ...object, metadata };
    const previous = this.#objects.get(key);
    this.#objects.set(key, next);
    this.#tell(
      previous === undefined
        ? { type: 'added', object: next, initial: false }
        : { type: 'updated', object: next, previous },
    );
    return next;
  }

  #tell(event: ObjectEvent<T>): void {
    for (const subscriber of this.#subscribers) subscriber(event);
  }

  /** Its part of the interface of an informer. */
  readonly cache = {
    get: (ref: Ref) => this.get(ref),
    list: () => [...this.#objects.values()],
    /** The only index is that by cluster. */
    by: (_index: string, cluster: string) =>
      [...this.#objects.values()].filter(({ metadata }) => metadata.namespace === cluster),
    learn: () => {},
    events: (keys: KeysOf<T>): WatchSource => ({
      start: (enqueue) => {
        const subscriber = (event: ObjectEvent<T>): void => {
          for (const key of [keys(event) ?? []].flat()) enqueue(key, { lane: 'live', resetBackoff: false });
        };
        for (const object of this.#objects.values()) subscriber({ type: 'added', object, initial: true });
        this.#subscribers.add(subscriber);
        return () => this.#subscribers.delete(subscriber);
      },
    }),
  };

  /** Its part of the interface of a resource. Writes are guarded by the version that was seen, as on a server. */
  readonly live = {
    find: async (ref: Ref) => this.get(ref),
    get: async (ref: Ref): Promise<T> => {
      const found = this.get(ref);
      if (found === undefined) throw new KubeError('not found', { code: 'not-found' });
      return found;
    },
    create: async (object: T): Promise<T> => {
      if (this.get(object.metadata) !== undefined) throw new KubeError('it exists', { code: 'exists' });
      return this.#write(object);
    },
    mergePatch: async (name: string, { metadata, spec }: Partial<T> & { spec?: object }): Promise<T> => {
      const found = await this.live.get(name);
      return this.#write({
        ...found,
        metadata: { ...found.metadata, ...metadata },
        spec: { ...(found as { spec?: object }).spec, ...spec },
      });
    },
    patchStatus: async (seen: T, status: object): Promise<T> => {
      const found = this.get(seen.metadata);
      if (found?.metadata.resourceVersion !== seen.metadata.resourceVersion) {
        throw new KubeError('the object has been modified', { code: 'conflict' });
      }
      return JSON.stringify((seen as { status?: object }).status) === JSON.stringify(status)
        ? seen
        : this.#write({ ...seen, status });
    },
    patchMetadata: async (seen: T, change: object): Promise<T> =>
      this.#write({ ...seen, metadata: { ...seen.metadata, ...change } }),
    delete: async (ref: Ref): Promise<void> => {
      this.writes += 1;
      const object = await this.live.get(ref);
      if ((object.metadata.finalizers ?? []).length > 0) {
        this.put({ ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-02-01T12:00:00Z' } });
        return;
      }
      this.#objects.delete(keyOf(object));
      this.#tell({ type: 'deleted', object });
    },
  };

  #write(object: T): T {
    this.writes += 1;
    return this.put(object);
  }
}

/** Controllers that run when the test says so. */
export interface DrivenControllers {
  /**
   * Reconciles every key that an event has touched, and those that this touches, until all is quiet; what asks for another look later, or
   * fails, waits. Returns the number of reconciles, and gives up after a hundred.
   */
  readonly settle: () => Promise<number>;
  /** What the last reconcile of the key by a controller said. */
  readonly outcome: (controller: string, key: string) => Outcome | undefined;
  /** The later look that a controller asked for. */
  readonly lookAgain: (controller: string, key: string) => void;
}

export function drive(controllers: readonly Controller[]): DrivenControllers {
  const { signal } = new AbortController();
  const waiting = new Map<string, { readonly controller: Controller; readonly key: string }>();
  const outcomes = new Map<string, Outcome>();
  const enqueue = (controller: Controller, key: string): void =>
    void waiting.set(`${controller.name} ${key}`, { controller, key });
  for (const controller of controllers) {
    for (const source of controller.watches) source.start((key) => enqueue(controller, key));
  }
  return {
    async settle() {
      for (let runs = 0; runs < 100; runs += 1) {
        const [next] = waiting;
        if (next === undefined) return runs;
        const [id, { controller, key }] = next;
        waiting.delete(id);
        outcomes.set(id, await controller.reconcile(key, signal).catch((error: unknown) => retry(error as Error)));
      }
      return 100;
    },
    outcome: (controller, key) => outcomes.get(`${controller} ${key}`),
    lookAgain(name, key) {
      const controller = controllers.find((each) => each.name === name);
      if (controller !== undefined) enqueue(controller, key);
    },
  };
}
