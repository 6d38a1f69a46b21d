import type { AppliedManifestWork, AppliedResource, Kind } from '@ocm/api';
import {
  type Clock,
  type Informer,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  trigger,
  type WatchSource,
} from '@ocm/kube';
import type { AppliedWorkIndex } from '../context.ts';
import type { ResourceId } from '../manifest/resource-id.ts';
import type { KnownObjects } from './known-objects.ts';
import type { ObjectReader, SeenObject } from './object-reader.ts';
import type { Observation } from './observation.ts';
import { planWatches, scopeKeysOf } from './plan-watches.ts';
import { WatchedScope } from './watched-scope.ts';

/** Well below the streams of one connection, of which requests need some too. */
const LIMITS = { namespaces: 4, watches: 24 };

export interface ObjectWatchesOptions {
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly appliedWorks: Informer<AppliedManifestWork, AppliedWorkIndex>;
  readonly agentId: string;
  /** Asked when no watch can tell. */
  readonly fallback: ObjectReader;
  readonly known: Pick<KnownObjects, 'forgetKey'>;
  /** Changes that come within this are handled together. */
  readonly collectMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics | undefined;
}

interface RunningScope {
  readonly scope: WatchedScope;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Follows all objects that the AppliedManifestWorks of this agent list, with as few watches as possible, so that nobody has to poll them.
 * A watch only ever says that an object is there; that one is missing is asked for (work 11.4).
 */
export class ObjectWatches implements ObjectReader {
  readonly #options: ObjectWatchesOptions;
  readonly #scopes = new Map<string, RunningScope>();
  readonly #losses = trigger();
  readonly #lost = new Set<string>();
  #cancelPlan: (() => void) | undefined;
  #cancelReport: (() => void) | undefined;

  constructor(options: ObjectWatchesOptions) {
    this.#options = options;
  }

  /** Names of works that have lost an object. */
  get losses(): WatchSource {
    return this.#losses;
  }

  watched(_resource: Kind, id: ResourceId): SeenObject | undefined {
    for (const key of scopeKeysOf(id)) {
      const seen = this.#scopes.get(key)?.scope.get(id);
      if (seen !== undefined) return seen;
    }
    return undefined;
  }

  async read(resource: Kind, id: ResourceId, options: { readonly signal: AbortSignal }): Promise<Observation> {
    const seen = this.watched(resource, id);
    return seen === undefined ? this.#options.fallback.read(resource, id, options) : { kind: 'present', ...seen };
  }

  /** Watches until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    if (signal.aborted) return;
    const unsubscribe = this.#options.appliedWorks.subscribe(() => this.#planSoon());
    await ended;
    unsubscribe();
    this.#cancelPlan?.();
    this.#cancelReport?.();
    const running = [...this.#scopes.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map((each) => each.ended));
  }

  #planSoon(): void {
    const { clock, collectMs } = this.#options;
    this.#cancelPlan ??= clock.schedule(collectMs, () => {
      this.#cancelPlan = undefined;
      this.#plan();
    });
  }

  #plan(): void {
    const plan = planWatches(this.#recorded(), LIMITS);
    const wanted = new Set(plan.map(({ key }) => key));
    for (const [key, { stop }] of this.#scopes) {
      if (wanted.has(key)) continue;
      stop.abort();
      this.#scopes.delete(key);
    }
    for (const each of plan) {
      if (this.#scopes.has(each.key)) continue;
      const stop = new AbortController();
      const scope = new WatchedScope(each, {
        ...this.#options,
        isRecorded: (key) => this.#options.appliedWorks.by('resource', key).length > 0,
        onLoss: (key) => this.#reportSoon(key),
      });
      this.#scopes.set(each.key, { scope, stop, ended: scope.run(stop.signal) });
    }
  }

  *#recorded(): Iterable<AppliedResource> {
    const { appliedWorks, agentId } = this.#options;
    for (const { spec, status } of appliedWorks.list()) {
      if (spec?.agentID === agentId) yield* status?.appliedResources ?? [];
    }
  }

  #reportSoon(key: string): void {
    const { appliedWorks, agentId, known, clock, collectMs } = this.#options;
    known.forgetKey(key); // what was true a moment ago is not any more
    for (const { spec } of appliedWorks.by('resource', key)) {
      if (spec?.agentID === agentId) this.#lost.add(spec.manifestWorkName);
    }
    this.#cancelReport ??= clock.schedule(collectMs, () => {
      this.#cancelReport = undefined;
      for (const name of this.#lost) this.#losses.enqueue(name);
      this.#lost.clear();
    });
  }
}
