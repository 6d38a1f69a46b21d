import { type Clock, trigger, type WatchSource } from '@ocm/kube';
import { type ResourceId, resourceKey } from '../manifest/resource-id.ts';
import { coalesce, type Coalesced } from './coalesce.ts';
import { type Answer, isDrift, isDriftInAnswer, type Sight } from './drift.ts';
import type { KnownObjects } from './known-objects.ts';
import type { FindWatched } from './object-reader.ts';
import type { WantedObjects } from './wanted-objects.ts';

export interface DriftWatchOptions {
  readonly find: FindWatched;
  readonly known: Pick<KnownObjects, 'get'>;
  readonly wanted: Pick<WantedObjects, 'worksOf'>;
  /** Whether what others have made of an object stays for now. */
  readonly isHeld: (work: string, id: ResourceId) => boolean;
  /** So long after a change our own writes are known for what they are. */
  readonly driftMs: number;
  readonly clock: Pick<Clock, 'schedule'>;
}

/** Finds out which objects others have had a hand in, and names the works that have to put them right. */
export class DriftWatch {
  readonly #options: DriftWatchOptions;
  readonly #drifts = trigger();
  readonly #sights = new Map<string, Sight>();
  readonly #judging: Coalesced;

  constructor(options: DriftWatchOptions) {
    this.#options = options;
    this.#judging = coalesce(() => this.#judgeAll(), { clock: options.clock, ms: options.driftMs });
  }

  /** Names of works whose objects are not any more what the agent last applied. */
  get drifts(): WatchSource {
    return this.#drifts;
  }

  /** What a watch or a work has told: judged a little later, of each object the last that is news. */
  sighted(sight: Sight): void {
    const key = resourceKey(sight.id);
    if (sight.kind !== 'found' || !this.#sights.has(key)) this.#sights.set(key, sight);
    this.#judging.request();
  }

  /** What an answer of the API server tells: as much as a watch does, only later. */
  answered(id: ResourceId, { before, read }: Pick<Answer, 'before' | 'read'>): void {
    if (isDriftInAnswer(id, { before, read, after: this.#options.known.get(id) })) this.#report(id);
  }

  cancel(): void {
    this.#judging.cancel();
  }

  #judgeAll(): void {
    for (const sight of this.#sights.values()) {
      if (this.#isDrift(sight)) this.#report(sight.id);
    }
    this.#sights.clear();
  }

  #isDrift(sight: Sight): boolean {
    const { find, known } = this.#options;
    const seen = find(sight.id) ?? sight.seen;
    const before = known.get(sight.id);
    return isDrift(sight, {
      seen: seen === 'absent' ? undefined : seen?.content,
      applied: before?.fingerprint === undefined ? undefined : before.content,
    });
  }

  #report(id: ResourceId): void {
    const { wanted, isHeld } = this.#options;
    for (const work of wanted.worksOf(resourceKey(id))) {
      if (!isHeld(work, id)) this.#drifts.enqueue(work);
    }
  }
}
