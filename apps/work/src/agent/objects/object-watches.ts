import type { Kind, ManifestWork } from '@ocm/api';
import type { ObjectEvent, WatchSource } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { idOf, type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import type { WorkSource } from '../source/work-source.ts';
import { ChangedWorks, type ChangedWorksOptions } from './changed-works.ts';
import { coalesce, type Coalesced } from './coalesce.ts';
import { countWatches, type WatchCount } from './count-watches.ts';
import { DriftWatch, type DriftWatchOptions } from './drift-watch.ts';
import type { KnownObjects } from './known-objects.ts';
import { MissedObjects } from './missed-objects.ts';
import { audienceOf } from './news.ts';
import type { ObjectReader, WatchedObject } from './object-reader.ts';
import { ABSENT, observed, type Observation } from './observation.ts';
import { planWatches } from './plan-watches.ts';
import { WantedObjects } from './wanted-objects.ts';
import { wantedObjectsOf } from './wanted-objects-of.ts';
import type { ScopeEvent, ScopeTools } from './watched-scope.ts';
import { WatchedScopes } from './watched-scopes.ts';

/** A watch may be so far behind a write. */
const LAG_MS = 2000;
/** Well below the streams of one connection, of which requests need some too. */
const LIMITS = { namespaces: 4, watches: 24 };

export interface ObjectWatchesOptions
  extends
    Pick<ScopeTools, 'spoke' | 'foreignEventsPerMinute' | 'clock' | 'log' | 'metrics'>,
    Omit<ChangedWorksOptions, 'clock'>,
    Pick<DriftWatchOptions, 'isHeld' | 'driftMs'> {
  readonly source: Pick<WorkSource, 'events'>;
  /** Asked when no watch can tell. */
  readonly fallback: ObjectReader;
  readonly known: KnownObjects;
  /** At most so many watches are held. */
  readonly maxWatches: number;
}

/**
 * Follows all objects that works list, with as few watches as possible, so that nobody has to poll them. What a watch says of an object
 * that was written or read meanwhile is left to the next look at it (work 11.4).
 */
export class ObjectWatches implements ObjectReader {
  readonly #options: ObjectWatchesOptions;
  readonly #wanted = new WantedObjects();
  readonly #scopes: WatchedScopes;
  readonly #changed: ChangedWorks;
  readonly #drift: DriftWatch;
  readonly #missed: MissedObjects;
  readonly #planning: Coalesced;
  /** Objects that the watch may only not show yet. */
  readonly #awaited = new Set<ResourceId>();
  readonly #awaiting: Coalesced;

  constructor(options: ObjectWatchesOptions) {
    const { clock, collectMs, known } = options;
    this.#options = options;
    this.#scopes = new WatchedScopes({
      ...options,
      isWanted: (key) => this.#wanted.has(key),
      onEvent: (event) => this.#heed(event),
      onSynced: (scope) => this.#heedAbsent(scope),
    });
    const find = this.#scopes.find.bind(this.#scopes);
    this.#changed = new ChangedWorks(options);
    this.#drift = new DriftWatch({ ...options, find, known, wanted: this.#wanted });
    this.#missed = new MissedObjects({ clock, find, relist: (scope) => this.#scopes.relist(scope) });
    this.#planning = coalesce(() => this.#plan(), { clock, ms: collectMs });
    this.#awaiting = coalesce(() => this.#judgeAwaited(), { clock, ms: LAG_MS });
  }

  /** Names of works of which an object is another one than the agent last wrote or read, whatever has changed. */
  get changes(): WatchSource {
    return this.#changed.changes;
  }

  /** Names of works whose objects are not any more what the agent last applied. */
  get drifts(): WatchSource {
    return this.#drift.drifts;
  }

  /** How the objects of each type are noticed, for metrics. */
  counts(): readonly WatchCount[] {
    return countWatches(this.#wanted.types(), (resource) => this.#scopes.modeOf(resource));
  }

  watched(_resource: Kind, id: ResourceId): WatchedObject | undefined {
    const seen = this.#scopes.find(id);
    return seen === 'absent' ? undefined : seen;
  }

  recent(resource: Kind, id: ResourceId): ReturnType<ObjectReader['recent']> {
    const { fallback, known } = this.#options;
    const seen = this.#scopes.find(id);
    // What was written or read a moment ago may not have come through the watch yet.
    if (seen === 'absent') return known.get(id) === undefined ? ABSENT : undefined;
    return seen === undefined ? fallback.recent(resource, id) : { kind: 'present', ...seen };
  }

  follows(_resource: Kind, id: ResourceId): boolean {
    return this.#scopes.find(id) !== undefined;
  }

  async read(resource: Kind, id: ResourceId, options: { readonly signal: AbortSignal }): Promise<Observation> {
    const recent = this.recent(resource, id);
    if (recent !== undefined) return recent;
    const before = this.#options.known.get(id);
    const read = await this.#options.fallback.read(resource, id, options);
    this.#drift.answered(id, { before, read });
    if (read.kind === 'present') this.#missed.exists(id);
    return read;
  }

  async readObject(
    resource: Kind,
    id: ResourceId,
    options: { readonly signal: AbortSignal },
  ): Promise<AnyObject | undefined> {
    const { fallback, known } = this.#options;
    const before = known.get(id);
    const object = await fallback.readObject(resource, id, options);
    // What a watch tells of is judged by that.
    if (!this.follows(resource, id))
      this.#drift.answered(id, { before, read: object === undefined ? ABSENT : observed(object) });
    if (object !== undefined) this.#missed.exists(id);
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
    for (const each of [this.#planning, this.#awaiting, this.#missed, this.#changed, this.#drift]) each.cancel();
    await this.#scopes.stop();
  }

  /** Takes in what a work lists now. */
  #take({ type, object: work }: ObjectEvent<ManifestWork>): undefined {
    const objects = type === 'deleted' ? [] : wantedObjectsOf(work);
    if (!this.#wanted.set(work.metadata.name, objects)) return;
    this.#planning.request();
    // What has changed between its write and now.
    for (const object of objects) {
      const id = idOf(object);
      const seen = this.#scopes.find(id);
      if (seen === 'absent') this.#heedMissing(id);
      else if (seen !== undefined) this.#heed({ kind: 'found', id, seen });
    }
  }

  #plan(): void {
    const watches = Math.min(LIMITS.watches, this.#options.maxWatches);
    this.#scopes.watch(planWatches(this.#wanted.types(), { ...LIMITS, watches }));
  }

  #heed(event: ScopeEvent): void {
    const { kind, id, seen } = event;
    const { known } = this.#options;
    const key = resourceKey(id);
    if (!this.#wanted.has(key)) return;
    if (kind === 'lost') known.forgetKey(key); // what was true a moment ago is not any more
    const audience = audienceOf(event, { known: known.get(id), isShared: this.#wanted.isShared(key) });
    if (audience === 'all') this.#changed.add(this.#wanted.worksOf(key));
    else if (audience === 'reporting') this.#changed.add(this.#wanted.reportersOf(key));
    if (kind !== 'status') this.#drift.sighted({ kind: kind === 'created' ? 'changed' : kind, id, seen });
  }

  /** An object that went between its write and now; or the watch is not that far yet, and is by the time that this is judged. */
  #heedMissing(id: ResourceId): void {
    const { known, clock } = this.#options;
    const seenMs = known.get(id)?.seenMs;
    if (seenMs === undefined) return;
    const ageMs = clock.now().getTime() - seenMs;
    if (ageMs < 0 || ageMs >= LAG_MS) {
      this.#drift.sighted({ kind: 'lost', id, seen: undefined });
      return;
    }
    this.#awaited.add(id);
    this.#awaiting.request();
  }

  #judgeAwaited(): void {
    const ids = [...this.#awaited];
    this.#awaited.clear();
    for (const id of ids) {
      if (this.#scopes.find(id) === 'absent') this.#heedMissing(id);
    }
  }

  /** Objects that went before they were watched, or have never been there. */
  #heedAbsent(scope: string): void {
    for (const id of this.#wanted.within(scope)) {
      if (this.#scopes.find(id) === 'absent') this.#heed({ kind: 'lost', id, seen: undefined });
    }
  }
}
