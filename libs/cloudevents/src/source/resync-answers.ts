import type { ManifestWork } from '@ocm/api';
import { type Clock, type Logger, silentLogger } from '@ocm/kube';
import { Turns } from '../client/turns.ts';
import { dataTypes, formatDataType } from '../event-type.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import { answerSpecResync, type HeldVersions, type Versioned } from '../resync.ts';
import { mayRaise } from './next-version.ts';
import type { SourceReplica } from './source-replica.ts';

const AT_ONCE = 16;
const MOST_FAILED = 10_000;
/** So many deletions wait for one cluster, or are in doubt: what is beyond comes again when its agent asks the next time. */
const MOST_UNWANTED = 1000;
const MS_PER_SECOND = 1000;
const LARGEST_VERSION = 0x7fff_ffff;

/** A work that an agent holds and that is not wanted. */
export interface UnwantedWork {
  readonly cluster: string;
  readonly resourceId: string;
  readonly version: number;
}

/** Whether the agent has asked. */
type BurialAction = 'resync_response' | 'delete_request';

type Answerer = Pick<
  SourceReplica,
  'store' | 'turns' | 'graves' | 'found' | 'publish' | 'publishUnknown' | 'raise' | 'renew' | 'askForStatuses'
>;

/** Something to send, and what it is about. */
interface Errand {
  readonly about: Readonly<Record<string, unknown>>;
  readonly failure: string;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

interface AnswerOptions {
  readonly sourceId: string;
  readonly forgetAfterMs: number;
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  readonly metrics?: EventMetrics | undefined;
}

/**
 * What a source sends because agents ask, or because they hold what they should not (cloudevents-grpc 7.1). One question per cluster waits: a
 * later one says more. Sixteen clusters are answered at once, each from what there is then. Deletions of one cluster follow each other: whatever
 * an agent says it holds, the deliveries of the others go on.
 */
export class ResyncAnswers {
  readonly #source: Answerer;
  readonly #options: AnswerOptions;
  readonly #log: Logger;
  readonly #asked = new Map<string, HeldVersions>();
  /** Works that were unknown while it was too early to say so, by cluster. */
  readonly #doubtful = new Map<string, UnwantedWork[]>();
  readonly #burials = new Turns();
  /** How many deletions wait, by cluster. */
  readonly #burying = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  /** What could not be sent, by what it is about. */
  readonly #failed = new Map<string, Errand>();
  #signal: AbortSignal | undefined;
  #isCertain = false;
  #answering = 0;

  constructor(source: Answerer, options: AnswerOptions) {
    this.#source = source;
    this.#options = options;
    this.#log = options.log ?? silentLogger;
  }

  /** Resolves when the signal has fired and nothing is being sent any more. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const { clock, forgetAfterMs } = this.#options;
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#source.store.filled, aborted]);
    this.#start();
    await clock.sleep(forgetAfterMs, signal);
    if (!signal.aborted) {
      this.#isCertain = true;
      const served = this.#servedClusters();
      for (const [cluster, unwanted] of this.#doubtful) {
        if (served.has(cluster)) this.#buryUnknown(unwanted);
      }
      this.#doubtful.clear();
      await aborted;
    }
    await Promise.all(this.#running);
  }

  /** An agent holds this, and wants to know what it does not hold. */
  ask(cluster: string, held: HeldVersions): void {
    this.#asked.delete(cluster);
    this.#asked.set(cluster, held);
    this.#start();
  }

  /** An agent has a later version of the work than the source. */
  raise(uid: string, above: number): void {
    const run = (signal: AbortSignal): Promise<void> => this.#source.raise(uid, above, signal);
    this.#do({ about: { resourceId: uid, above }, failure: 'version cannot be raised', run });
  }

  /** An agent has nothing of a work any more that it should have. */
  renew(uid: string): void {
    const run = (signal: AbortSignal): Promise<void> => this.#source.renew(uid, signal);
    this.#do({ about: { resourceId: uid }, failure: 'work cannot be sent again', run });
  }

  /** An agent has a work that was deleted. */
  bury(unwanted: UnwantedWork, action: BurialAction = 'resync_response'): void {
    if (unwanted.version > LARGEST_VERSION) return; // not ours: no such version can be sent
    const run = (signal: AbortSignal): Promise<void> => this.#buryInTurn(unwanted, action, signal);
    this.#do({ about: { ...unwanted }, failure: 'deletion cannot be sent', run });
  }

  /** The other side can be reached again: agents do not know that an answer was lost, and do not ask twice. */
  tryAgain(): void {
    const errands = [...this.#failed.values()];
    this.#failed.clear();
    for (const errand of errands) this.#do(errand);
  }

  #start(): void {
    if (!this.#source.store.isFilled) return;
    for (const [cluster, held] of this.#asked) {
      if (this.#answering >= AT_ONCE) return;
      this.#asked.delete(cluster);
      const run = (signal: AbortSignal): Promise<void> => this.#answer(cluster, held, signal);
      this.#do({ about: { cluster }, failure: 'resync cannot be answered', run });
    }
  }

  #do(errand: Errand): void {
    const signal = this.#signal;
    if (signal === undefined || signal.aborted) return;
    const { about, failure } = errand;
    const running: Promise<void> = errand
      .run(signal)
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#log.warn({ ...about, error }, failure);
        if (this.#failed.size < MOST_FAILED) this.#failed.set(JSON.stringify([failure, about]), errand);
      })
      .finally(() => {
        this.#running.delete(running);
        this.#start();
      });
    this.#running.add(running);
  }

  async #answer(cluster: string, held: HeldVersions, signal: AbortSignal): Promise<void> {
    this.#answering += 1;
    try {
      await this.#answerTimed(cluster, held, signal);
    } finally {
      this.#answering -= 1;
    }
  }

  async #answerTimed(cluster: string, held: HeldVersions, signal: AbortSignal): Promise<void> {
    const { sourceId, clock, metrics } = this.#options;
    const startMs = clock.now().getTime();
    this.#buryKnown(cluster, held);
    const own = this.#source.store
      .list()
      .flatMap((work) => (work.metadata.namespace === cluster ? [versioned(work)] : []));
    const { changed, unknown } = answerSpecResync(own, held);
    for (const { resourceId } of changed) await this.#send(resourceId, signal);
    for (const { resourceId, above } of overtaken(own, held)) await this.#source.raise(resourceId, above, signal);
    // What it has reported meanwhile may be lost: with a broker that keeps nothing, the source may have been away when it did.
    const works = own.map(({ work }) => work);
    // And what it holds of a source that has nothing is found by its statuses: no list means all.
    if (works.length > 0 || unknown.length > 0) await this.#source.askForStatuses(cluster, works, signal);
    const unwanted = unknown.map(({ resourceId, version }) => ({ cluster, resourceId, version: Number(version) }));
    if (!this.#isCertain) this.#doubt(cluster, unwanted);
    else if (this.#servedClusters().has(cluster)) this.#buryUnknown(unwanted);
    const labels = { source: sourceId, consumer: cluster, type: formatDataType(dataTypes.bundle) };
    metrics?.resynced('spec', labels, (clock.now().getTime() - startMs) / MS_PER_SECOND);
  }

  #buryKnown(cluster: string, held: HeldVersions): void {
    for (const [resourceId, version] of held) {
      if (this.#source.graves.has(resourceId)) this.bury({ cluster, resourceId, version: Number(version) });
    }
  }

  /** As the work is when its turn has come. */
  async #send(uid: string, signal: AbortSignal): Promise<void> {
    await this.#source.turns.take(uid, async () => {
      const work = this.#source.store.byUid(uid);
      if (work !== undefined) await this.#source.publish(work, 'resync_response', signal);
    });
  }

  #doubt(cluster: string, unwanted: readonly UnwantedWork[]): void {
    const doubtful = this.#doubtful.get(cluster) ?? [];
    const byId = new Map([...doubtful, ...unwanted].map((each) => [each.resourceId, each]));
    this.#doubtful.set(cluster, [...byId.values()].slice(-MOST_UNWANTED));
  }

  /** Without a single work of a cluster the store may be a new one, of a source that has lost its own. */
  #servedClusters(): ReadonlySet<string> {
    return new Set(this.#source.store.list().map(({ metadata }) => metadata.namespace ?? ''));
  }

  #buryUnknown(unwanted: readonly UnwantedWork[]): void {
    const { store, graves, found } = this.#source;
    if (unwanted.length > MOST_UNWANTED)
      this.#log.warn({ cluster: unwanted[0]?.cluster, works: unwanted.length }, 'too many unknown works at once');
    for (const each of unwanted.slice(0, MOST_UNWANTED)) {
      const { cluster, resourceId } = each;
      const isKnown = store.byUid(resourceId) !== undefined || graves.has(resourceId) || found.hasOverlooked(cluster);
      if (!isKnown) this.bury(each);
    }
  }

  /** When its turn comes there may be such a work again. */
  async #buryInTurn(unwanted: UnwantedWork, action: BurialAction, signal: AbortSignal): Promise<void> {
    const { cluster, resourceId } = unwanted;
    const waiting = this.#burying.get(cluster) ?? 0;
    if (waiting >= MOST_UNWANTED) return;
    this.#burying.set(cluster, waiting + 1);
    const bury = async (): Promise<void> => {
      signal.throwIfAborted();
      if (this.#source.store.byUid(resourceId) === undefined)
        await this.#source.publishUnknown(unwanted, action, signal);
    };
    try {
      await this.#burials.take(cluster, () => this.#source.turns.take(resourceId, bury));
    } finally {
      const left = (this.#burying.get(cluster) ?? 0) - 1;
      if (left > 0) this.#burying.set(cluster, left);
      else this.#burying.delete(cluster);
    }
  }
}

/** Works of which the agent has a later version than the source. */
function overtaken(
  own: readonly OwnWork[],
  held: HeldVersions,
): readonly { readonly resourceId: string; readonly above: number }[] {
  return own.flatMap(({ work, resourceId }) => {
    const above = Number(held.get(resourceId) ?? 0n);
    const isOvertaken = above > (work.metadata.generation ?? 0) && mayRaise(work, above);
    return isOvertaken ? [{ resourceId, above }] : [];
  });
}

interface OwnWork extends Versioned {
  readonly work: ManifestWork;
}

function versioned(work: ManifestWork): OwnWork {
  const { uid = '', generation = 0, deletionTimestamp } = work.metadata;
  const isDeleting = deletionTimestamp !== undefined;
  // What a found work contains is not known: there is nothing to send.
  return { work, resourceId: uid, version: work.spec === undefined ? undefined : BigInt(generation), isDeleting };
}
