import type { KubeObject } from '@ocm/api';
import { ObjectCache } from './object-cache.ts';
import { OwnWrites } from './own-writes.ts';
import { type Clock, systemClock } from '../clock.ts';
import type {
  AnyInformer,
  CreateInformer,
  Informer,
  InformerOptions,
  Lane,
  ObjectEvent,
  WatchSource,
} from '../informer.ts';
import { type Logger, silentLogger } from '../logger.ts';
import { keyOf } from '../object-key.ts';
import { type Mirror, reflect } from './reflector.ts';
import type { Ref, Resource, Selection } from '../resource.ts';
import { describeKind } from '../resource-address.ts';
import { untilAborted } from '../until-aborted.ts';

const PAGE_SIZE = 500;
/** The server sends a bookmark about once a minute. */
const SILENCE_MS = 90_000;

/** One list and watch, shared by all who hold it. */
interface Active {
  holders: number;
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

type Subscriber<T> = (event: ObjectEvent<T>, lane: Lane) => void;

/** A cache of one kind that follows the server once it is run; see `Informer`. */
export const informer: CreateInformer = (resource, options = {}) => new ObjectInformer(resource, options);

class ObjectInformer<T extends KubeObject, Index extends string> implements Informer<T, Index>, AnyInformer {
  readonly describe: string;
  readonly #resource: Resource<T>;
  readonly #options: InformerOptions<T, Index>;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #cache: ObjectCache<T, Index>;
  readonly #subscribers = new Set<Subscriber<T>>();
  readonly #ownWrites = new OwnWrites();
  #sync = Promise.withResolvers<void>();
  #synced = false;
  #active: Active | undefined;

  constructor(resource: Resource<T>, options: InformerOptions<T, Index>) {
    this.#resource = resource;
    this.#options = options;
    this.#name = describeKind(resource.kind);
    this.describe = describeSelection(this.#name, options);
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#cache = new ObjectCache({
      ...options,
      onError: (error, object) =>
        this.#log.error({ resource: this.#name, key: keyOf(object), error }, 'index, filter or transform failed'),
    });
  }

  get synced(): boolean {
    return this.#synced;
  }

  get size(): number {
    return this.#cache.size;
  }

  get(ref: Ref): T | undefined {
    return this.#cache.get(ref);
  }

  list(): readonly T[] {
    return this.#cache.list();
  }

  by(index: Index, value: string): readonly T[] {
    return this.#cache.by(index, value);
  }

  async waitForSync(signal: AbortSignal): Promise<void> {
    if (this.#synced) return;
    await untilAborted(signal, this.#sync.promise);
  }

  learn(written: T): void {
    if (this.#synced && this.#ownWrites.expect(written)) {
      this.#publish(this.#cache.put(written, { initial: false }), 'live');
    }
  }

  learnDeleted(seen: T): void {
    const held = this.#cache.get(seen.metadata);
    if (!this.#synced || held === undefined || held.metadata.uid !== seen.metadata.uid) return;
    this.#ownWrites.expectGone(seen);
    this.#publish(this.#cache.remove(seen), 'live');
  }

  events(
    keys: (event: ObjectEvent<T>) => string | readonly string[] | undefined,
    options: { readonly resetBackoff?: (event: ObjectEvent<T>) => boolean } = {},
  ): WatchSource {
    const { resetBackoff = () => false } = options;
    return {
      informer: this,
      start: (enqueue) =>
        this.#subscribe((event, lane) => {
          const found = keys(event) ?? [];
          for (const key of typeof found === 'string' ? [found] : found) {
            enqueue(key, { lane, resetBackoff: resetBackoff(event) });
          }
        }),
    };
  }

  subscribe(handler: (event: ObjectEvent<T>) => void): () => void {
    return this.#subscribe(handler);
  }

  /** May be called by several at once: the list and the watch are shared, and end with the last of them. */
  async run(signal: AbortSignal): Promise<void> {
    const active = (this.#active ??= this.#start());
    active.holders += 1;
    await untilAborted(signal, active.ended);
    active.holders -= 1;
    if (active.holders > 0) return;
    this.#active = undefined;
    active.stop.abort();
    this.#outOfSync();
    await active.ended;
  }

  #outOfSync(): void {
    if (!this.#synced) return;
    this.#synced = false;
    this.#sync = Promise.withResolvers<void>();
  }

  #start(): Active {
    const stop = new AbortController();
    const { pageSize = PAGE_SIZE, silenceMs = SILENCE_MS, random = Math.random, metrics } = this.#options;
    const { namespace, labelSelector, fieldSelector } = this.#options;
    const following = reflect(
      {
        resource: this.#resource,
        selection: { namespace, labelSelector, fieldSelector },
        mirror: this.#mirror(stop.signal),
        name: this.#name,
        pageSize,
        silenceMs,
        clock: this.#clock,
        random,
        log: this.#log,
        metrics,
        onHealth: this.#options.onHealth,
      },
      stop.signal,
    );
    return { holders: 0, stop, ended: Promise.all([following, this.#resync(stop.signal)]) };
  }

  /** Deaf once it is stopped: by then another run may feed the cache. */
  #mirror(signal: AbortSignal): Mirror<T> {
    return {
      put: (object, from) => {
        if (signal.aborted) return;
        const isListed = from === 'list';
        if (!isListed && !this.#ownWrites.admits(object)) return;
        this.#publish(this.#cache.put(object, { initial: isListed }), isListed ? 'bulk' : 'live');
      },
      remove: (object) => {
        if (signal.aborted) return;
        this.#ownWrites.ended(object);
        this.#publish(this.#cache.remove(object), 'live');
      },
      retain: (keys, resourceVersion) => {
        if (signal.aborted) return;
        this.#ownWrites.listed(resourceVersion);
        this.#publish(this.#cache.retain(keys), 'bulk');
        this.#synced = true;
        this.#sync.resolve();
      },
    };
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const { resyncMs } = this.#options;
    if (resyncMs === undefined) return;
    for (;;) {
      await this.#clock.sleep(resyncMs, signal);
      if (signal.aborted) return;
      if (!this.#synced) continue;
      for (const object of this.#cache.list()) this.#publish([{ type: 'resync', object }], 'bulk');
    }
  }

  #subscribe(subscriber: Subscriber<T>): () => void {
    for (const object of this.#cache.list()) {
      this.#deliver(subscriber, { type: 'added', object, initial: true }, 'bulk');
    }
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  #publish(events: readonly ObjectEvent<T>[], lane: Lane): void {
    for (const event of events) {
      for (const subscriber of this.#subscribers) this.#deliver(subscriber, event, lane);
    }
  }

  #deliver(subscriber: Subscriber<T>, event: ObjectEvent<T>, lane: Lane): void {
    try {
      subscriber(event, lane);
    } catch (error) {
      const { type, object } = event;
      this.#log.error({ resource: this.#name, key: keyOf(object), event: type, error }, 'event handler failed');
    }
  }
}

function describeSelection(name: string, { namespace, labelSelector, fieldSelector }: Selection): string {
  const limits = [
    ...(namespace === undefined ? [] : [`namespace ${namespace}`]),
    ...(labelSelector === undefined ? [] : [`labels ${labelSelector}`]),
    ...(fieldSelector === undefined ? [] : [`fields ${fieldSelector}`]),
  ];
  return limits.length === 0 ? name : `${name} (${limits.join(', ')})`;
}
