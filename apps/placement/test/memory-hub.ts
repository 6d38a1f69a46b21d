import {
  type AddOnPlacementScore,
  type KubeObject,
  type ManagedCluster,
  type ManagedClusterSet,
  type ManagedClusterSetBinding,
  type NewObject,
  type Placement,
  type PlacementDecision,
} from '@ocm/api';
import { type Clock, keyOf, type ObjectEvent, type Resource, silentLogger, type WatchSource } from '@ocm/kube';
import { type Cache, INDEXES, type PlacementCaches } from '../src/controller/placement-caches.ts';
import { type PlacementContext, placementContext } from '../src/controller/placement-context.ts';
import { noMetrics } from '../src/controller/scheduling-metrics.ts';
import { fewWords, NOW } from './placement-world.ts';

let versions = 0;

/** One kind on a server in memory, and a cache of it that knows every write at once. */
export class MemoryKind<T extends KubeObject, Index extends string = never> implements Cache<T, Index> {
  readonly describe = 'in memory';
  readonly synced = true;
  readonly #objects = new Map<string, T>();
  readonly #indexes: Readonly<Record<Index, (object: T) => readonly string[]>> | undefined;
  readonly #subscribers = new Set<(event: ObjectEvent<T>) => void>();
  #listed: readonly T[] | undefined;

  constructor(indexes?: Readonly<Record<Index, (object: T) => readonly string[]>>) {
    this.#indexes = indexes;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(ref: Parameters<Cache<T>['get']>[0]): T | undefined {
    const { namespace, name } = typeof ref === 'string' ? { namespace: undefined, name: ref } : ref;
    return this.#objects.get(namespace === undefined ? name : `${namespace}/${name}`);
  }

  list(): readonly T[] {
    return (this.#listed ??= [...this.#objects.values()]);
  }

  by(index: Index, value: string): readonly T[] {
    return this.list().filter((object) => this.#indexes?.[index](object).includes(value));
  }

  /** Writes an object, whatever is there; with another uid it is another object. */
  put({ ...object }: T): T {
    versions += 1;
    const { uid = keyOf(object) } = object.metadata;
    const next: T = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(versions) } };
    const previous = this.#objects.get(keyOf(next));
    this.#objects.set(keyOf(next), next);
    if (previous?.metadata.uid === uid) this.#tell({ type: 'updated', object: next, previous });
    else {
      if (previous !== undefined) this.#tell({ type: 'deleted', object: previous });
      this.#tell({ type: 'added', object: next, initial: false });
    }
    return next;
  }

  remove(key: string): void {
    const previous = this.#objects.get(key);
    if (!this.#objects.delete(key) || previous === undefined) return;
    this.#tell({ type: 'deleted', object: previous });
  }

  #tell(event: ObjectEvent<T>): void {
    this.#listed = undefined;
    for (const subscriber of this.#subscribers) subscriber(event);
  }

  subscribe(handler: (event: ObjectEvent<T>) => void): () => void {
    for (const object of this.list()) handler({ type: 'added', object, initial: true });
    this.#subscribers.add(handler);
    return () => this.#subscribers.delete(handler);
  }

  events(keys: (event: ObjectEvent<T>) => string | readonly string[] | undefined): WatchSource {
    return {
      start: (enqueue) =>
        this.subscribe((event) => {
          for (const key of [keys(event) ?? []].flat()) enqueue(key, { lane: 'live', resetBackoff: false });
        }),
    };
  }

  learn(): void {}
  learnDeleted(): void {}
  waitForSync(): Promise<void> {
    return Promise.resolve();
  }
  run(): Promise<void> {
    return Promise.resolve();
  }

  /** The writes that the placement controller makes, guarded like those of a server. */
  resource(): Resource<T> {
    const current = (seen: T): T => {
      const found = this.get(seen.metadata);
      if (found?.metadata.resourceVersion !== seen.metadata.resourceVersion || found === undefined) {
        throw new Error(`conflict: ${keyOf(seen)}`);
      }
      return found;
    };
    const writes = {
      create: async (object: NewObject<T>): Promise<T> => {
        const created = object as unknown as T;
        if (this.get(created.metadata) !== undefined) throw new Error(`already exists: ${keyOf(created)}`);
        return this.put(created);
      },
      patchStatus: async (seen: T, status: object): Promise<T> => {
        const found = current(seen);
        const isSame = JSON.stringify((found as { status?: object }).status) === JSON.stringify(status);
        return isSame ? seen : this.put({ ...found, status });
      },
      patchMetadata: async (seen: T, { labels = {} }: { labels?: Record<string, string | null> }): Promise<T> => {
        const { metadata } = current(seen);
        const merged = Object.entries({ ...metadata.labels, ...labels }).filter(([, value]) => value !== null);
        return this.put({ ...seen, metadata: { ...metadata, labels: Object.fromEntries(merged) } });
      },
      delete: async (ref: { namespace: string; name: string }): Promise<'gone'> => {
        this.remove(`${ref.namespace}/${ref.name}`);
        return 'gone';
      },
    };
    return writes as unknown as Resource<T>;
  }
}

/** A clock that goes on only when it is told to. */
export class MemoryClock implements Clock {
  #nowMs = NOW.getTime();
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  now(): Date {
    return new Date(this.#nowMs);
  }

  sleep(): Promise<void> {
    return Promise.resolve();
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  /** Lets the time pass, with everything that falls due meanwhile. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }
}

/** Everything that the placement controller reads and writes. */
export interface MemoryHub extends PlacementCaches {
  readonly placements: MemoryKind<Placement, 'set' | 'score' | 'namespace'>;
  readonly slices: MemoryKind<PlacementDecision, 'placement'>;
  readonly clusters: MemoryKind<ManagedCluster>;
  readonly sets: MemoryKind<ManagedClusterSet>;
  readonly bindings: MemoryKind<ManagedClusterSetBinding, 'set' | 'namespace'>;
  readonly scores: MemoryKind<AddOnPlacementScore>;
}

export function memoryHub(): MemoryHub {
  return {
    placements: new MemoryKind<Placement, 'set' | 'score' | 'namespace'>(INDEXES.placements),
    slices: new MemoryKind<PlacementDecision, 'placement'>(INDEXES.slices),
    clusters: new MemoryKind<ManagedCluster>(),
    sets: new MemoryKind<ManagedClusterSet>(),
    bindings: new MemoryKind<ManagedClusterSetBinding, 'set' | 'namespace'>(INDEXES.bindings),
    scores: new MemoryKind<AddOnPlacementScore>(),
  };
}

/** A placement controller's collaborators over a hub in memory. */
export function memoryContext(
  hub: MemoryHub,
  clock: Clock,
  over: Partial<Pick<PlacementContext, 'compileCel' | 'events'>> = {},
): PlacementContext {
  return placementContext({
    caches: hub,
    live: { placements: hub.placements.resource(), slices: hub.slices.resource() },
    compileCel: fewWords,
    events: { record() {} },
    clock,
    log: silentLogger,
    metrics: noMetrics,
    ...over,
  });
}
