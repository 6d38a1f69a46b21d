import type { Kind, ManifestWork } from '@ocm/api';
import {
  type Clock,
  type KubeClient,
  type KubeMetrics,
  type Logger,
  type ObjectEvent,
  trigger,
  type WatchSource,
} from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { idOf, type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import type { WorkSource } from '../source/work-source.ts';
import { comesAndGoes, isDrift, type Sight } from './drift.ts';
import type { KnownObject, KnownObjects } from './known-objects.ts';
import type { ObjectReader, WatchedObject } from './object-reader.ts';
import { ABSENT, type Observation } from './observation.ts';
import { planWatches, scopeKeysOf } from './plan-watches.ts';
import { ReportPace } from './report-pace.ts';
import { WantedObjects } from './wanted-objects.ts';
import { wantedObjectsOf } from './wanted-objects-of.ts';
import { type ScopeEvent, type ScopeMode, WatchedScope } from './watched-scope.ts';

/** Well below the streams of one connection, of which requests need some too. */
const LIMITS = { namespaces: 4, watches: 24 };
/** A work of which more changes than this are reported is reported at the sync interval only. */
const REPORTS_PER_MINUTE = 20;
const RELIST_MS = 30_000;

export interface ObjectWatchesOptions {
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly source: Pick<WorkSource, 'events'>;
  /** Asked when no watch can tell. */
  readonly fallback: ObjectReader;
  readonly known: KnownObjects;
  /** Whether what others have made of an object stays for now. */
  readonly isHeld: (work: string, id: ResourceId) => boolean;
  /** At most so many watches are held. */
  readonly maxWatches: number;
  /** See `ScopeTools`. */
  readonly foreignEventsPerMinute: number;
  /** Changes that come within this are reported together. */
  readonly collectMs: number;
  /** Between two reports of a work that changes all the time. */
  readonly slowMs: number;
  /** So long after a change our own writes are known for what they are. */
  readonly driftMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: KubeMetrics | undefined;
}

interface RunningScope {
  readonly scope: WatchedScope;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** How many objects of a type are noticed in which way; `limit`: there are not enough watches for all. */
export interface WatchCount {
  /** As `deployments.apps`. */
  readonly resource: string;
  readonly mode: ScopeMode | 'limit';
  readonly objects: number;
}

/**
 * Follows all objects that works list, with as few watches as possible, so that nobody has to poll them. What a watch says of an object
 * that was written or read meanwhile is left to the next look at it (work 11.4).
 */
export class ObjectWatches implements ObjectReader {
  readonly #options: ObjectWatchesOptions;
  readonly #wanted = new WantedObjects();
  readonly #scopes = new Map<string, RunningScope>();
  readonly #changes = trigger();
  readonly #changed = new Set<string>();
  readonly #pace: ReportPace;
  readonly #drifts = trigger();
  readonly #sights = new Map<string, Sight>();
  readonly #missed = new Map<string, ResourceId>();
  #cancelPlan: (() => void) | undefined;
  #cancelRelist: (() => void) | undefined;
  #cancelReport: (() => void) | undefined;
  #cancelDrifts: (() => void) | undefined;

  constructor(options: ObjectWatchesOptions) {
    this.#options = options;
    this.#pace = new ReportPace({ perMinute: REPORTS_PER_MINUTE, slowMs: options.slowMs });
  }

  /** Names of works of which an object is another one than the agent last wrote or read, whatever has changed. */
  get changes(): WatchSource {
    return this.#changes;
  }

  /** Names of works whose objects are not any more what the agent last applied. */
  get drifts(): WatchSource {
    return this.#drifts;
  }

  /** How the objects of each type are noticed, for metrics. */
  counts(): readonly WatchCount[] {
    return [...this.#wanted.types()].flatMap(({ sample, byNamespace }) => {
      const resource = sample.group === '' ? sample.resource : `${sample.resource}.${sample.group}`;
      const inModes = Map.groupBy(byNamespace, ([namespace]) => this.#modeOf({ ...sample, namespace }));
      return [...inModes].map(([mode, uses]) => ({
        resource,
        mode,
        objects: uses.reduce((sum, [, { objects }]) => sum + objects, 0),
      }));
    });
  }

  watched(_resource: Kind, id: ResourceId): WatchedObject | undefined {
    const seen = this.#find(id);
    return seen === 'absent' ? undefined : seen;
  }

  recent(resource: Kind, id: ResourceId): ReturnType<ObjectReader['recent']> {
    const { fallback, known } = this.#options;
    const seen = this.#find(id);
    // What was written or read a moment ago may not have come through the watch yet.
    if (seen === 'absent') return known.get(id) === undefined ? ABSENT : undefined;
    return seen === undefined ? fallback.recent(resource, id) : { kind: 'present', ...seen };
  }

  follows(_resource: Kind, id: ResourceId): boolean {
    return this.#find(id) !== undefined;
  }

  async read(resource: Kind, id: ResourceId, options: { readonly signal: AbortSignal }): Promise<Observation> {
    const recent = this.recent(resource, id);
    if (recent !== undefined) return recent;
    const before = this.#options.known.get(id);
    const read = await this.#options.fallback.read(resource, id, options);
    this.#compare(id, { before, read });
    if (read.kind === 'present' && this.#find(id) === undefined) this.#missSoon(id);
    return read;
  }

  async readObject(
    resource: Kind,
    id: ResourceId,
    options: { readonly signal: AbortSignal },
  ): Promise<AnyObject | undefined> {
    const object = await this.#options.fallback.readObject(resource, id, options);
    if (object !== undefined && this.#find(id) === undefined) this.#missSoon(id);
    return object;
  }

  /** Watches until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    const unsubscribe = this.#options.source.events((event) => this.#take(event)).start(() => {});
    await aborted;
    unsubscribe();
    for (const cancel of [this.#cancelPlan, this.#cancelRelist, this.#cancelReport, this.#cancelDrifts]) cancel?.();
    const running = [...this.#scopes.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  #find(id: ResourceId): WatchedObject | 'absent' | undefined {
    for (const key of scopeKeysOf(id)) {
      const seen = this.#scopes.get(key)?.scope.get(id);
      if (seen !== undefined) return seen;
    }
    return undefined;
  }

  #modeOf(resource: Parameters<typeof scopeKeysOf>[0]): WatchCount['mode'] {
    const running = scopeKeysOf(resource).map((key) => this.#scopes.get(key));
    return running.find((each) => each !== undefined)?.scope.mode ?? 'limit';
  }

  /** Takes in what a work lists now. */
  #take({ type, object: work }: ObjectEvent<ManifestWork>): undefined {
    const objects = type === 'deleted' ? [] : wantedObjectsOf(work);
    if (!this.#wanted.set(work.metadata.name, objects)) return;
    this.#planSoon();
    // What has changed between its write and now.
    for (const object of objects) {
      const id = idOf(object);
      const seen = this.#find(id);
      if (seen !== undefined && seen !== 'absent') this.#heed({ kind: 'found', id, seen });
    }
  }

  /** A watch of a large scope keeps only what was wanted when it was listed. What it has not caught up with soon is listed anew. */
  #missSoon(id: ResourceId): void {
    this.#missed.set(resourceKey(id), id);
    this.#cancelRelist ??= this.#options.clock.schedule(RELIST_MS, () => {
      this.#cancelRelist = undefined;
      const missed = [...this.#missed.values()].filter((each) => this.#find(each) === undefined);
      this.#missed.clear();
      for (const key of new Set(missed.flatMap(scopeKeysOf))) {
        const running = this.#scopes.get(key)?.scope;
        if (running?.mode === 'watched') running.relist();
      }
    });
  }

  #planSoon(): void {
    const { clock, collectMs } = this.#options;
    this.#cancelPlan ??= clock.schedule(collectMs, () => {
      this.#cancelPlan = undefined;
      this.#plan();
    });
  }

  #plan(): void {
    const watches = Math.min(LIMITS.watches, this.#options.maxWatches);
    const plan = planWatches(this.#wanted.types(), { ...LIMITS, watches });
    const planned = new Set(plan.map(({ key }) => key));
    for (const [key, { stop }] of this.#scopes) {
      if (planned.has(key)) continue;
      stop.abort();
      this.#scopes.delete(key);
    }
    for (const each of plan) {
      if (this.#scopes.has(each.key)) continue;
      const stop = new AbortController();
      const scope = new WatchedScope(each, {
        ...this.#options,
        isWanted: (key) => this.#wanted.has(key),
        onEvent: (event) => this.#heed(event),
        onSynced: () => this.#missIn(each.key),
      });
      this.#scopes.set(each.key, { scope, stop, ended: scope.run(stop.signal) });
    }
  }

  #heed(event: ScopeEvent): void {
    const { kind, id, seen } = event;
    const key = resourceKey(id);
    if (!this.#wanted.has(key)) return;
    if (kind === 'lost') this.#options.known.forgetKey(key); // what was true a moment ago is not any more
    if (kind === 'lost' || this.#isNews(event)) this.#reportSoon(key);
    if (kind !== 'status') this.#judgeSoon(key, { kind: kind === 'created' ? 'changed' : kind, id, seen });
  }

  /** Objects that went before they were watched, or have never been there. */
  #missIn(scope: string): void {
    for (const id of this.#wanted.within(scope)) {
      if (this.#find(id) === 'absent') this.#heed({ kind: 'lost', id, seen: undefined });
    }
  }

  /** An answer tells of drift as well as a watch does, only later. */
  #compare(
    id: ResourceId,
    { before, read }: { readonly before: KnownObject | undefined; readonly read: Observation },
  ): void {
    const isLost = before !== undefined && read.kind === 'absent' && !comesAndGoes(id);
    const isChanged = before?.fingerprint !== undefined && this.#options.known.get(id)?.fingerprint === undefined;
    if (isLost || isChanged) this.#reportDrift(id);
  }

  /** Whether an object is another one than we have last written or read. */
  #isNews({ kind, id, seen }: ScopeEvent): boolean {
    const known = this.#options.known.get(id);
    // What was never looked at has that before it anyway.
    return known === undefined ? kind !== 'found' : known.resourceVersion !== seen?.resourceVersion;
  }

  #reportSoon(key: string): void {
    for (const work of this.#wanted.worksOf(key)) this.#changed.add(work);
    this.#collect();
  }

  #collect(): void {
    const { clock, collectMs } = this.#options;
    this.#cancelReport ??= clock.schedule(collectMs, () => {
      this.#cancelReport = undefined;
      this.#report();
    });
  }

  #report(): void {
    const nowMs = this.#options.clock.now().getTime();
    for (const name of this.#changed) {
      if (!this.#pace.mayReport(name, nowMs)) continue;
      this.#changed.delete(name);
      this.#changes.enqueue(name);
    }
    if (this.#changed.size > 0) this.#collect();
  }

  #judgeSoon(key: string, sight: Sight): void {
    const { clock, driftMs } = this.#options;
    if (sight.kind !== 'found' || !this.#sights.has(key)) this.#sights.set(key, sight);
    this.#cancelDrifts ??= clock.schedule(driftMs, () => {
      this.#cancelDrifts = undefined;
      for (const sighted of this.#sights.values()) this.#judge(sighted);
      this.#sights.clear();
    });
  }

  #judge(sight: Sight): void {
    const { id } = sight;
    const seen = this.#find(id) ?? sight.seen;
    const before = this.#options.known.get(id);
    const contents = {
      seen: seen === 'absent' ? undefined : seen?.content,
      applied: before?.fingerprint === undefined ? undefined : before.content,
    };
    if (isDrift(sight, contents)) this.#reportDrift(id);
  }

  #reportDrift(id: ResourceId): void {
    const { isHeld } = this.#options;
    for (const work of this.#wanted.worksOf(resourceKey(id))) {
      if (!isHeld(work, id)) this.#drifts.enqueue(work);
    }
  }
}
