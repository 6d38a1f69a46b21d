import type { KubeObject } from '@ocm/api';
import { type Clock, informer, type KubeClient, type KubeMetrics, type Logger } from '@ocm/kube';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { isAppliedWorkReference } from '../ownership/owner.ts';
import type { SeenObject } from './object-reader.ts';
import type { WatchScope } from './plan-watches.ts';
import { mayWatch } from './watch-rights.ts';

/** Rights that are missing are looked for again after this. */
const DENIED_MS = 600_000;
const FAILED_MS = 30_000;

export interface ScopeTools {
  readonly spoke: Pick<KubeClient, 'kind'>;
  /** An AppliedManifestWork lists the resource. */
  readonly isRecorded: (key: string) => boolean;
  /** An object is gone, or another one has its name now. */
  readonly onLoss: (key: string) => void;
  /** An object has been found, or somebody has changed more than its status. */
  readonly onChange: (key: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics | undefined;
}

/** Follows the applied objects of one scope, by their metadata only. */
export class WatchedScope {
  readonly #scope: WatchScope;
  readonly #tools: ScopeTools;
  #cache: ReturnType<typeof createCache> | undefined;

  constructor(scope: WatchScope, tools: ScopeTools) {
    this.#scope = scope;
    this.#tools = tools;
  }

  /** The object, when it is there and ours; `undefined` says nothing. */
  get({ namespace, name }: ResourceId): SeenObject | undefined {
    if (this.#cache?.synced !== true) return undefined;
    const object = this.#cache.get(namespace === '' ? name : { namespace, name });
    const { uid, resourceVersion } = object?.metadata ?? {};
    return uid === undefined || resourceVersion === undefined ? undefined : { uid, resourceVersion };
  }

  /** Lists and watches until the signal fires; while the rights are missing it waits, and others have to ask. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#tools.clock.sleep(await this.#attempt(signal), signal);
  }

  /** Follows the scope as long as it may. Returns when to try again, in milliseconds. */
  async #attempt(signal: AbortSignal): Promise<number> {
    const { log, spoke } = this.#tools;
    const { key: scope } = this.#scope;
    try {
      if (await mayWatch(this.#scope, spoke, signal)) await this.#follow(signal);
      if (!signal.aborted)
        log.info({ scope }, 'objects are polled, because the right to list and watch them is missing');
      return DENIED_MS;
    } catch (error) {
      if (!signal.aborted) log.debug({ scope, error }, 'objects are polled for now');
      return FAILED_MS;
    }
  }

  /** Ends when the signal fires, or when a right that the watch needs is gone. */
  async #follow(outer: AbortSignal): Promise<void> {
    const { onLoss, onChange, spoke } = this.#tools;
    const denied = new AbortController();
    const signal = AbortSignal.any([outer, denied.signal]);
    // A cache whose watch is refused would go on telling what was true once.
    const check = async (): Promise<void> => {
      if (!(await mayWatch(this.#scope, spoke, signal))) denied.abort();
    };
    const cache = createCache(this.#scope, this.#tools, () => void check().catch(() => {}));
    this.#cache = cache;
    const unsubscribe = cache.subscribe((event) => {
      const isReplaced = event.type === 'updated' && event.previous.metadata.uid !== event.object.metadata.uid;
      if (event.type === 'deleted' || isReplaced) onLoss(keyOf(this.#scope, event.object));
      else if (event.type === 'added' || isChanged(event)) onChange(keyOf(this.#scope, event.object));
    });
    try {
      await cache.run(signal);
    } finally {
      unsubscribe();
      this.#cache = undefined;
    }
  }
}

function createCache(scope: WatchScope, tools: ScopeTools, onError: () => void) {
  const { spoke, clock, log, metrics, isRecorded } = tools;
  return informer(spoke.kind(scope.kind).metadata(), {
    ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
    keep: (object) =>
      object.metadata.ownerReferences?.some(isAppliedWorkReference) === true || isRecorded(keyOf(scope, object)),
    transform: slim,
    clock,
    log,
    metrics: { ...(metrics ?? SILENT), watchRestart: restarted },
  });

  function restarted(resource: string, reason: Parameters<KubeMetrics['watchRestart']>[1]): void {
    metrics?.watchRestart(resource, reason);
    if (reason === 'error') onError();
  }
}

const SILENT: KubeMetrics = {
  queueDepth: () => {},
  queueAdd: () => {},
  queueRetry: () => {},
  queueLatency: () => {},
  workDuration: () => {},
  workStarted: () => () => {},
  request: () => {},
  watchRestart: () => {},
  leading: () => {},
};

function keyOf({ kind }: WatchScope, { metadata }: KubeObject): string {
  const { namespace = '', name } = metadata;
  return resourceKey({ group: kind.group, resource: kind.plural, namespace, name });
}

/** Identity and version are all that anybody asks for. */
function slim({ metadata }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}
