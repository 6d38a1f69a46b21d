import type { KubeObject } from '@ocm/api';
import {
  type Clock,
  informer,
  type Informer,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  type ObjectEvent,
  type Resource,
  type WatchHealth,
} from '@ocm/kube';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { isAppliedWorkReference } from '../ownership/owner.ts';
import { contentMark } from './content-mark.ts';
import { EventBudget } from './event-budget.ts';
import { FailureStreak } from './failure-streak.ts';
import type { WatchedObject } from './object-reader.ts';
import type { WatchScope } from './plan-watches.ts';
import { mayWatch } from './watch-rights.ts';

/** Rights that are missing are looked for again after this. */
const DENIED_MS = 600_000;
/** A kind that others change all the time is tried again after this. */
const BUSY_MS = 600_000;
const FAILED_MS = 30_000;
/** While a scope has no more objects than this, all are kept: then it can also say which are not there. */
const SMALL_SCOPE = 2000;

/** How changes of the objects of a scope are noticed. All but `watched` mean that they are polled. */
export type ScopeMode = 'starting' | 'watched' | 'forbidden' | 'busy' | 'failing';

/** What has become of an object. */
export interface ScopeEvent {
  /** `found`: with the first list; `created`, `changed`, `status`: live; `lost`: it is gone, or another one has its name now. */
  readonly kind: 'found' | 'created' | 'changed' | 'status' | 'lost';
  readonly id: ResourceId;
  /** As it is now; with the first list this comes before `get` can tell. */
  readonly seen: WatchedObject | undefined;
}

export interface ScopeTools {
  readonly spoke: Pick<KubeClient, 'kind'>;
  /** A work lists the object. */
  readonly isWanted: (key: string) => boolean;
  readonly onEvent: (event: ScopeEvent) => void;
  /** The first list of a watch is complete. */
  readonly onSynced: () => void;
  /** Events of objects that are none of ours, in a minute; with more the scope is polled. */
  readonly foreignEventsPerMinute: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics | undefined;
}

/** What is kept of an object: the cache holds nothing else. */
interface SlimObject extends KubeObject {
  readonly content: string;
}

/** Follows the objects of one scope, by their metadata only. */
export class WatchedScope {
  readonly #scope: WatchScope;
  readonly #tools: ScopeTools;
  #mode: ScopeMode = 'starting';
  #cache: ReturnType<typeof createCache> | undefined;
  #stop: ((why: EndOfWatch) => void) | undefined;

  constructor(scope: WatchScope, tools: ScopeTools) {
    this.#scope = scope;
    this.#tools = tools;
  }

  get mode(): ScopeMode {
    return this.#mode === 'starting' && this.#cache?.informer.synced === true ? 'watched' : this.#mode;
  }

  /** The object, or that it does not exist; `undefined` says nothing. */
  get({ namespace, name }: ResourceId): WatchedObject | 'absent' | undefined {
    if (this.#cache?.informer.synced !== true) return undefined;
    const object = this.#cache.informer.get(namespace === '' ? name : { namespace, name });
    if (object === undefined) return this.#cache.hasAll() ? 'absent' : undefined;
    return watchedObject(object);
  }

  /** Lists anew, for the sake of objects that nobody wanted when they were listed. */
  relist(): void {
    this.#stop?.('outdated');
  }

  /** Lists and watches until the signal fires; while that is not possible it waits, and others have to ask. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#tools.clock.sleep(await this.#attempt(signal), signal);
  }

  /** Follows the scope as long as it may. Returns when to try again, in milliseconds. */
  async #attempt(signal: AbortSignal): Promise<number> {
    const { log, spoke } = this.#tools;
    const { key: scope } = this.#scope;
    try {
      if (await mayWatch(this.#scope, spoke, signal)) {
        this.#mode = 'starting';
        const end = await this.#follow(signal);
        if (end === 'outdated') return 0;
        if (end === 'busy') {
          this.#mode = 'busy';
          log.warn({ scope }, 'objects are polled, because others change too many of this kind');
          return BUSY_MS;
        }
        if (end === 'failing') {
          this.#mode = 'failing';
          log.warn({ scope }, 'objects are polled for now, because the watch on them keeps failing');
          return FAILED_MS;
        }
      }
      if (!signal.aborted) {
        this.#mode = 'forbidden';
        log.info({ scope }, 'objects are polled, because the right to list and watch them is missing');
      }
      return DENIED_MS;
    } catch (error) {
      this.#mode = 'failing';
      if (!signal.aborted) log.debug({ scope, error }, 'objects are polled for now');
      return FAILED_MS;
    }
  }

  /** Ends when the signal fires, when a right that the watch needs is gone, or for another reason to end it. */
  async #follow(outer: AbortSignal): Promise<EndOfWatch> {
    const { spoke, onEvent, clock, foreignEventsPerMinute } = this.#tools;
    const stop = new AbortController();
    const signal = AbortSignal.any([outer, stop.signal]);
    let end: EndOfWatch = 'ended';
    this.#stop = (why) => {
      end = why;
      stop.abort();
    };
    // A cache whose watch is refused would go on telling what was true once.
    const check = async (): Promise<void> => {
      if (!(await mayWatch(this.#scope, spoke, signal))) stop.abort();
    };
    const budget = new EventBudget({ perMinute: foreignEventsPerMinute, clock });
    const failures = new FailureStreak();
    const cache = createCache(this.#scope, this.#tools, {
      onHealth: (health) => {
        const isTooLong = failures.heard(health, clock.now().getTime());
        // What was never listed is polled anyway.
        if (isTooLong && cache.informer.synced) this.#stop?.('failing');
        else if (health.kind === 'failing') void check().catch(() => {});
      },
      onForeign: () => {
        if (cache.informer.synced && !budget.spend()) this.#stop?.('busy');
      },
    });
    this.#cache = cache;
    const unsubscribe = cache.informer.subscribe((event) => {
      const seen = event.type === 'deleted' ? undefined : watchedObject(event.object);
      onEvent({ kind: kindOfEvent(event), id: idIn(this.#scope, event.object), seen });
    });
    try {
      await Promise.all([cache.informer.run(signal), this.#tellWhenSynced(cache.informer, signal)]);
    } finally {
      stop.abort();
      unsubscribe();
      this.#cache = undefined;
      this.#stop = undefined;
    }
    return end;
  }

  async #tellWhenSynced(cache: Pick<Informer<SlimObject>, 'waitForSync'>, signal: AbortSignal): Promise<void> {
    try {
      await cache.waitForSync(signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    this.#tools.onSynced();
  }
}

/** `busy`: it would cost more than polling; `outdated`: it does not have all objects that are wanted; `failing`: it stands still. */
type EndOfWatch = 'ended' | 'busy' | 'outdated' | 'failing';

function createCache(
  scope: WatchScope,
  { spoke, clock, log, metrics, isWanted }: ScopeTools,
  { onHealth, onForeign }: { readonly onHealth: (health: WatchHealth) => void; readonly onForeign: () => void },
) {
  let isComplete = true;
  // The transform makes them slim before anybody sees them.
  const slimObjects = spoke.kind(scope.kind).metadata() as Resource<SlimObject>;
  const cache = informer(slimObjects, {
    ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
    keep: (object) => {
      const isOwned = object.metadata.ownerReferences?.some(isAppliedWorkReference) === true;
      if (isOwned || isWanted(resourceKey(idIn(scope, object)))) return true;
      onForeign();
      if (cache.size < SMALL_SCOPE) return true;
      isComplete = false;
      return false;
    },
    transform: (object) => slim(scope, object),
    clock,
    log,
    ...(metrics === undefined ? {} : { metrics }),
    onHealth,
  });
  return { informer: cache, hasAll: () => isComplete };
}

function kindOfEvent(event: ObjectEvent<SlimObject>): ScopeEvent['kind'] {
  switch (event.type) {
    case 'added':
      return event.initial ? 'found' : 'created';
    case 'updated':
      return event.object.content === event.previous.content ? 'status' : 'changed';
    case 'resync':
      return 'found';
    case 'deleted':
      return 'lost';
  }
}

function watchedObject({ metadata, content }: SlimObject): WatchedObject {
  const { uid = '', resourceVersion = '' } = metadata;
  return { uid, resourceVersion, content };
}

function idIn({ kind }: WatchScope, { metadata }: KubeObject): ResourceId {
  const { namespace = '', name } = metadata;
  return { group: kind.group, resource: kind.plural, namespace, name };
}

/** Identity, version and content mark are all that anybody asks for. */
function slim({ kind }: WatchScope, object: KubeObject): SlimObject {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    content: contentMark(object, kind),
  };
}
