import type { ManifestWork } from '@ocm/api';
import { type Clock, type Logger, silentLogger } from '@ocm/kube';
import { dataTypes, formatDataType } from '../event-type.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import { answerSpecResync, type HeldVersions, type Versioned } from '../resync.ts';
import { mayRaise } from './next-version.ts';
import type { SourceReplica } from './source-replica.ts';

const AT_ONCE = 16;
const MS_PER_SECOND = 1000;
const LARGEST_VERSION = 0x7fff_ffff;

/** A work that an agent holds and that is not wanted. */
interface Unwanted {
  readonly cluster: string;
  readonly resourceId: string;
  readonly version: number;
}

type Answerer = Pick<SourceReplica, 'store' | 'turns' | 'graves' | 'publish' | 'publishUnknown' | 'raise'>;

interface AnswerOptions {
  readonly sourceId: string;
  readonly forgetAfterMs: number;
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  readonly metrics?: EventMetrics | undefined;
}

/**
 * What a source sends because agents ask, or because they hold what they should not (cloudevents-grpc 7.1). One question per cluster waits: a
 * later one says more. Sixteen clusters are answered at once, each from what there is then.
 */
export class ResyncAnswers {
  readonly #source: Answerer;
  readonly #options: AnswerOptions;
  readonly #log: Logger;
  readonly #asked = new Map<string, HeldVersions>();
  /** Works that were unknown while it was too early to say so. */
  readonly #doubtful = new Map<string, Unwanted>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;
  #isCertain = false;

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
      for (const unwanted of this.#doubtful.values()) this.#buryIfUnknown(unwanted);
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
    this.#do({ resourceId: uid, above }, 'version cannot be raised', (signal) =>
      this.#source.raise(uid, above, signal),
    );
  }

  /** An agent has a work that was deleted. */
  bury(unwanted: Unwanted): void {
    if (unwanted.version > LARGEST_VERSION) return; // not ours: no such version can be sent
    this.#do({ ...unwanted }, 'deletion cannot be sent', (signal) => this.#source.publishUnknown(unwanted, signal));
  }

  #start(): void {
    if (!this.#source.store.isFilled) return;
    for (const [cluster, held] of this.#asked) {
      if (this.#running.size >= AT_ONCE) return;
      this.#asked.delete(cluster);
      this.#do({ cluster }, 'resync cannot be answered', (signal) => this.#answer(cluster, held, signal));
    }
  }

  #do(about: object, failure: string, job: (signal: AbortSignal) => Promise<void>): void {
    const signal = this.#signal;
    if (signal === undefined || signal.aborted) return;
    const running: Promise<void> = job(signal)
      .catch((error: unknown) => {
        // The agent asks again when it has connected again.
        if (!signal.aborted) this.#log.warn({ ...about, error }, failure);
      })
      .finally(() => {
        this.#running.delete(running);
        this.#start();
      });
    this.#running.add(running);
  }

  async #answer(cluster: string, held: HeldVersions, signal: AbortSignal): Promise<void> {
    const { sourceId, clock, metrics } = this.#options;
    const startMs = clock.now().getTime();
    this.#buryKnown(cluster, held);
    const own = this.#source.store
      .list()
      .flatMap((work) => (work.metadata.namespace === cluster ? [versioned(work)] : []));
    const { changed, unknown } = answerSpecResync(own, held);
    for (const { resourceId } of changed) await this.#send(resourceId, signal);
    for (const { resourceId, above } of overtaken(own, held)) await this.#source.raise(resourceId, above, signal);
    for (const { resourceId, version } of unknown) this.#doubt({ cluster, resourceId, version: Number(version) });
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

  #doubt(unwanted: Unwanted): void {
    if (this.#isCertain) this.#buryIfUnknown(unwanted);
    else this.#doubtful.set(unwanted.resourceId, unwanted);
  }

  /** Without a single work of the cluster the store may be a new one, of a source that has lost its own. */
  #buryIfUnknown(unwanted: Unwanted): void {
    const { store, graves } = this.#source;
    if (store.byUid(unwanted.resourceId) !== undefined || graves.has(unwanted.resourceId)) return;
    if (store.list().some(({ metadata }) => metadata.namespace === unwanted.cluster)) this.bury(unwanted);
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
