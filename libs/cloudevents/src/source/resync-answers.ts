import type { ManifestWork } from '@ocm/api';
import { type Clock, type Logger, silentLogger } from '@ocm/kube';
import { dataTypes, formatDataType } from '../event-type.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import { answerSpecResync, type HeldVersions, type Versioned } from '../resync.ts';
import { mayRaise } from './next-version.ts';
import type { SourceReplica } from './source-replica.ts';
import { noteUnwanted, type UnwantedWork } from './unwanted-works.ts';

const AT_ONCE = 16;
const MOST_FAILED = 10_000;
const MS_PER_SECOND = 1000;
const LARGEST_VERSION = 0x7fff_ffff;

/** Whether the agent has asked. */
type BurialAction = 'resync_response' | 'delete_request';

interface Burial extends UnwantedWork {
  readonly action: BurialAction;
}

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
  /** Works that were unknown while it was too early to say so, by cluster and id. */
  readonly #doubtful = new Map<string, Map<string, UnwantedWork>>();
  /** Deletions that wait for their turn, by cluster and id; of a cluster that is here, they are being sent. */
  readonly #burials = new Map<string, Map<string, Burial>>();
  /** Deletions that could not be sent, by cluster and id. */
  readonly #unsent = new Map<string, Map<string, Burial>>();
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
        if (served.has(cluster)) this.#buryUnknown(cluster, [...unwanted.values()]);
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

  /** An agent has works that were deleted, or that nobody knows. */
  bury(cluster: string, unwanted: readonly UnwantedWork[], action: BurialAction = 'resync_response'): void {
    const ours = unwanted.filter(({ version }) => version <= LARGEST_VERSION); // no later one can be sent
    this.#queueBurials(
      cluster,
      ours.map((each) => ({ ...each, action })),
    );
  }

  /** The other side can be reached again: agents do not know that an answer was lost, and do not ask twice. */
  tryAgain(): void {
    const errands = [...this.#failed.values()];
    this.#failed.clear();
    for (const errand of errands) this.#do(errand);
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const [cluster, burials] of unsent) this.#queueBurials(cluster, [...burials.values()]);
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
    else if (this.#servedClusters().has(cluster)) this.#buryUnknown(cluster, unwanted);
    const labels = { source: sourceId, consumer: cluster, type: formatDataType(dataTypes.bundle) };
    metrics?.resynced('spec', labels, (clock.now().getTime() - startMs) / MS_PER_SECOND);
  }

  #buryKnown(cluster: string, held: HeldVersions): void {
    const known = [...held].filter(([resourceId]) => this.#source.graves.has(resourceId));
    this.bury(
      cluster,
      known.map(([resourceId, version]) => ({ cluster, resourceId, version: Number(version) })),
    );
  }

  /** As the work is when its turn has come. */
  async #send(uid: string, signal: AbortSignal): Promise<void> {
    await this.#source.turns.take(uid, async () => {
      const work = this.#source.store.byUid(uid);
      if (work !== undefined) await this.#source.publish(work, 'resync_response', signal);
    });
  }

  #doubt(cluster: string, unwanted: readonly UnwantedWork[]): void {
    const doubtful = this.#doubtful.get(cluster) ?? new Map<string, UnwantedWork>();
    this.#doubtful.set(cluster, doubtful);
    this.#tellDropped(cluster, noteUnwanted(doubtful, unwanted));
  }

  /** Without a single work of a cluster the store may be a new one, of a source that has lost its own. */
  #servedClusters(): ReadonlySet<string> {
    return new Set(this.#source.store.list().map(({ metadata }) => metadata.namespace ?? ''));
  }

  #buryUnknown(cluster: string, unwanted: readonly UnwantedWork[]): void {
    const { store, graves, found } = this.#source;
    if (found.hasOverlooked(cluster)) return;
    this.bury(
      cluster,
      unwanted.filter(({ resourceId }) => store.byUid(resourceId) === undefined && !graves.has(resourceId)),
    );
  }

  #queueBurials(cluster: string, burials: readonly Burial[]): void {
    const signal = this.#signal;
    if (burials.length === 0 || signal === undefined || signal.aborted) return;
    const waiting = this.#burials.get(cluster);
    const queue = waiting ?? new Map<string, Burial>();
    this.#tellDropped(cluster, noteUnwanted(queue, burials));
    if (waiting !== undefined) return;
    this.#burials.set(cluster, queue);
    const run = (): Promise<void> => this.#buryInTurn(cluster, queue, signal);
    this.#do({ about: { cluster }, failure: 'deletions cannot be sent', run });
  }

  /** One after the other, those that come meanwhile as well. */
  async #buryInTurn(cluster: string, queue: Map<string, Burial>, signal: AbortSignal): Promise<void> {
    let failed = 0;
    let reason: unknown;
    for (const burial of queue.values()) {
      queue.delete(burial.resourceId);
      try {
        await this.#bury(burial, signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#keepUnsent(burial);
        failed += 1;
        reason = error;
      }
    }
    this.#burials.delete(cluster);
    if (failed > 0) this.#log.warn({ cluster, works: failed, error: reason }, 'deletions cannot be sent');
  }

  #keepUnsent(burial: Burial): void {
    const { cluster } = burial;
    const unsent = this.#unsent.get(cluster) ?? new Map<string, Burial>();
    this.#unsent.set(cluster, unsent);
    this.#tellDropped(cluster, noteUnwanted(unsent, [burial]));
  }

  /** When its turn comes there may be such a work again. */
  async #bury({ action, ...unwanted }: Burial, signal: AbortSignal): Promise<void> {
    const { resourceId } = unwanted;
    await this.#source.turns.take(resourceId, async () => {
      signal.throwIfAborted();
      if (this.#source.store.byUid(resourceId) === undefined)
        await this.#source.publishUnknown(unwanted, action, signal);
    });
  }

  #tellDropped(cluster: string, works: number): void {
    if (works > 0) this.#log.warn({ cluster, works }, 'unwanted works of an agent left alone: too many, or long ids');
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
