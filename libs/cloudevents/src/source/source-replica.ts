import { randomUUID } from 'node:crypto';
import type { ManifestWork } from '@ocm/api';
import { type Clock, isKubeError, keyOf, type Logger, silentLogger } from '@ocm/kube';
import { bundleEvent, type Envelope, unknownBundleEvent, workOfBundleStatus } from '../bundle.ts';
import { LocalStore } from '../client/local-store.ts';
import { untilQuiet } from '../client/settle.ts';
import { Turns } from '../client/turns.ts';
import { type CloudEvent, stringAttribute } from '../event.ts';
import { extensions } from '../event-metadata.ts';
import { type Action, dataTypes, formatEventType } from '../event-type.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import { workResourceId } from '../resource-id.ts';
import { decodeHeldVersions, encodeHeldHashes } from '../resync.ts';
import { EventSession } from '../session/event-session.ts';
import { compareSequenceIds } from '../sequence-id.ts';
import type { EventTransport } from '../session/event-transport.ts';
import { workStatusHash } from '../status-hash.ts';
import { FoundSpecs } from './found-specs.ts';
import { Graves } from './graves.ts';
import { judgeSourceEvent } from './judge-source-event.ts';
import { judgeStatus, type ReportedWork, sequenceOf } from './judge-status.ts';
import { mayRaise, type Versions } from './next-version.ts';
import { ResyncAnswers } from './resync-answers.ts';
import type { UnwantedWork } from './unwanted-works.ts';
import { foundWork, sentWork, withoutMarks } from './work-on-the-wire.ts';

const HASHES_PER_REQUEST = 5000;
const { bundle } = dataTypes;

export interface SourceOptions {
  readonly transport: EventTransport;
  /** `source` of the events that go out (cloudevents-grpc 4.2), and whose statuses are wanted. */
  readonly sourceId: string;
  /** Names this client in metrics; default the source id. */
  readonly clientId?: string | undefined;
  readonly versions: Versions;
  /** For so long after the first answers, works that agents hold and nobody knows here are left alone, in milliseconds. */
  readonly forgetAfterMs: number;
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  readonly random?: (() => number) | undefined;
  readonly metrics?: EventMetrics | undefined;
}

/** The works of one source, and the session that delivers them and brings their statuses (cloudevents-grpc 7, 9.8). */
export class SourceReplica {
  readonly store = new LocalStore<ManifestWork>('local');
  /** Events about one work, by its uid, follow each other. */
  readonly turns = new Turns();
  readonly graves = new Graves();
  readonly found = new FoundSpecs();
  readonly #options: SourceOptions;
  readonly #session: EventSession;
  readonly #answers: ResyncAnswers;
  readonly #log: Logger;
  /** The last status of each work whose turn it is not yet, by cluster and uid: what one cluster says replaces nothing that another has said. */
  readonly #waiting = new Map<string, ReportedWork>();
  #lastEventMs = 0;

  constructor(options: SourceOptions) {
    const { transport, sourceId, clock, log = silentLogger, random, metrics, clientId = sourceId } = options;
    this.#options = options;
    this.#log = log;
    this.#answers = new ResyncAnswers(this, options);
    this.#session = new EventSession({
      transport,
      subscription: { dataType: bundle, clusterName: '', source: sourceId },
      onEvent: (event) => this.#receive(event),
      resync: (signal) => this.#resync(signal),
      onReconnect: () => metrics?.reconnected(clientId),
      clock,
      log,
      random,
    });
  }

  get isConnected(): boolean {
    return this.#session.isConnected;
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#session.run(signal), this.#answers.run(signal)]);
  }

  /** @throws KubeError when the other side refuses, or cannot be reached */
  async publish(work: ManifestWork, action: Action, signal: AbortSignal): Promise<void> {
    await this.#send(bundleEvent(sentWork(work), action, this.#envelope()), work.metadata, signal);
  }

  /** Tells the agent that a work it holds is not wanted, whatever it contained: as an answer to its question, or unasked. */
  async publishUnknown(gone: UnwantedWork, action: Action, signal: AbortSignal): Promise<void> {
    const answer = unknownBundleEvent(gone, this.#envelope());
    const event = { ...answer, type: formatEventType(bundle, 'spec', action) };
    await this.#send(event, { name: gone.resourceId, namespace: gone.cluster }, signal);
  }

  /** Keeps a work as it was written. Whatever else has claimed its uid is no work any more. */
  keep(work: ManifestWork): ManifestWork {
    const { uid } = work.metadata;
    const claimed = this.store.byUid(uid);
    if (claimed !== undefined && keyOf(claimed) !== keyOf(work)) this.store.apply({ kind: 'remove', object: claimed });
    if (work.spec !== undefined && uid !== undefined) this.found.forget(uid);
    return this.store.apply({ kind: 'put', object: work }) ?? work;
  }

  /** Forgets a work, except that it is not to come again. @param sequenceId of its end, if the agent has told it */
  drop({ metadata, ...work }: ManifestWork, sequenceId = sequenceOf({ metadata })): void {
    const { uid = '', generation = 0 } = metadata;
    this.found.forget(uid);
    this.store.apply({ kind: 'remove', object: { ...work, metadata } });
    // A cluster may have made up that it holds this, and the end of it: its grave must not be that of a work of another cluster.
    if (work.spec !== undefined || this.#isOwnId({ metadata }))
      this.graves.dig(uid, { cluster: metadata.namespace ?? '', version: generation, sequenceId });
  }

  /** A deletion that failed may have arrived all the same, and nobody has asked for it: the work is sent again, above what may be ending. */
  reaffirm(work: ManifestWork): void {
    const { uid = '', generation = 0 } = work.metadata;
    if (!mayRaise(work, generation)) return;
    this.keep({ ...work, metadata: { ...work.metadata, generation: generation + 1 } });
    this.#answers.renew(uid);
  }

  /** Sends the work once more with a version above the given one, which an agent holds: the source has lost count of its own. */
  async raise(uid: string, above: number, signal: AbortSignal): Promise<void> {
    await this.turns.take(uid, async () => {
      const work = this.store.byUid(uid);
      if (work === undefined || !mayRaise(work, above)) return;
      const raised = { ...work, metadata: { ...work.metadata, generation: above + 1 } };
      await this.publish(raised, 'update_request', signal);
      this.keep(raised);
      this.#log.info(
        { work: work.metadata.name, cluster: work.metadata.namespace, above },
        'version raised above that of the agent',
      );
    });
  }

  /** Sends a work as if it were new: its agent has nothing of it. */
  async renew(uid: string, signal: AbortSignal): Promise<void> {
    await this.turns.take(uid, async () => {
      const work = this.store.byUid(uid);
      if (work?.spec === undefined || work.metadata.deletionTimestamp !== undefined) return;
      const { status: _, ...rest } = work;
      const { finalizers: __, ...metadata } = work.metadata;
      const renewed = { ...rest, metadata: { ...metadata, annotations: withoutMarks(metadata.annotations) } };
      await this.publish(renewed, 'create_request', signal);
      this.keep(renewed);
    });
  }

  /** Asks what the agent of a cluster reports of the works there are (cloudevents-grpc 7.2). */
  async askForStatuses(cluster: string, works: readonly ManifestWork[], signal: AbortSignal): Promise<void> {
    const hashes = works.map(({ metadata, status }): [string, string] => [metadata.uid ?? '', workStatusHash(status)]);
    for (let start = 0; start === 0 || start < hashes.length; start += HASHES_PER_REQUEST) {
      const event: CloudEvent = {
        ...this.#envelope(),
        type: formatEventType(bundle, 'status', 'resync_request'),
        extensions: new Map([
          [extensions.clusterName, stringAttribute(cluster)],
          [extensions.originalSource, stringAttribute('')],
        ]),
        dataContentType: 'application/json',
        data: encodeHeldHashes(new Map(hashes.slice(start, start + HASHES_PER_REQUEST))),
      };
      await this.#send(event, { name: 'resync request', namespace: cluster }, signal);
    }
  }

  #receive(event: CloudEvent): void {
    const { sourceId, metrics } = this.#options;
    this.#lastEventMs = this.#options.clock.now().getTime();
    const verdict = judgeSourceEvent(event, sourceId);
    if (verdict.kind === 'drop') {
      this.#log.debug({ type: event.type, id: event.id, reason: verdict.reason }, 'event dropped');
      return;
    }
    metrics?.received({ source: event.source, consumer: verdict.cluster, type: event.type });
    try {
      if (verdict.kind === 'take-status') this.#takeInTurn(workOfBundleStatus(event));
      else this.#answers.ask(verdict.cluster, decodeHeldVersions(event.data));
    } catch (error) {
      this.#log.warn(
        { type: event.type, id: event.id, cluster: verdict.cluster, error },
        'event dropped: it cannot be decoded',
      );
    }
  }

  /** A status that comes while its work is being written waits; of several, the newest is enough. */
  #takeInTurn(reported: ReportedWork): void {
    const { uid = '', namespace = '' } = reported.metadata;
    if (!this.turns.isBusy(uid)) {
      this.#take(reported);
      return;
    }
    const key = `${namespace}/${uid}`;
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || isNewer(reported, waiting)) this.#waiting.set(key, reported);
    if (waiting !== undefined) return;
    const taken = this.turns.take(uid, async () => {
      const last = this.#waiting.get(key);
      this.#waiting.delete(key);
      if (last !== undefined) this.#take(last);
    });
    taken.catch((error: unknown) => this.#log.warn({ work: reported.metadata.name, error }, 'status dropped'));
  }

  #take(reported: ReportedWork): void {
    const { uid = '', name, namespace } = reported.metadata;
    const verdict = judgeStatus(reported, this.#known(reported));
    const about = { work: name, cluster: namespace };
    switch (verdict.kind) {
      case 'ignore':
        this.#log.debug({ ...about, reason: verdict.reason }, 'status ignored');
        return;
      case 'ended':
        this.#noteEnd(reported);
        return;
      case 'unknown':
        this.#find(reported);
        return;
      case 'behind':
        this.#answers.raise(uid, verdict.generation);
        return;
      case 'again':
        this.#answers.renew(uid);
        return;
      case 'gone':
        this.drop(verdict.work, sequenceOf(reported));
        return;
      case 'put':
        this.keep(verdict.work);
    }
  }

  /**
   * What is known under the uid of a report. A work that is only known by what another cluster has said counts for nothing against one whose id is
   * that which this source gives (cloudevents-grpc 6.3): any cluster can say that it holds anything.
   */
  #known(reported: ReportedWork): ManifestWork | undefined {
    const known = this.store.byUid(reported.metadata.uid);
    const isClaimed = known?.spec === undefined && known?.metadata.namespace !== reported.metadata.namespace;
    return isClaimed && this.#isOwnId(reported) ? undefined : known;
  }

  #isOwnId({ metadata: { uid, namespace = '', name } }: Pick<ManifestWork, 'metadata'>): boolean {
    return uid === workResourceId(this.#options.sourceId, { namespace, name });
  }

  #noteEnd(reported: ReportedWork): void {
    const { uid = '', namespace: cluster = '' } = reported.metadata;
    this.graves.noteEnd(uid, cluster, sequenceOf(reported) ?? '');
  }

  /** What was deleted here is deleted there; everything else has been ours before a restart, and is again. */
  #find(reported: ReportedWork): void {
    const { uid = '', namespace: cluster = '', generation = 0 } = reported.metadata;
    if (!this.graves.isNews(uid, cluster, sequenceOf(reported) ?? '')) return;
    if (this.graves.has(uid)) {
      this.#answers.bury(cluster, [{ cluster, resourceId: uid, version: generation }], 'delete_request');
      return;
    }
    const { work, specHash: hash } = foundWork(reported);
    if (this.store.get(reported.metadata) !== undefined || !this.found.note(uid, { cluster, hash })) {
      this.#log.warn(
        { work: reported.metadata.name, cluster },
        'reported work ignored: there is another of this name, or too many',
      );
      return;
    }
    this.keep(work);
  }

  /** Asks what agents report, of the works there are, or of whatever there is when there are none (cloudevents-grpc 7.2). */
  async #resync(signal: AbortSignal): Promise<void> {
    const works = this.store.list();
    try {
      await this.askForStatuses('', works, signal);
    } catch (error) {
      // There is no way to ask all at once.
      if (!isKubeError(error, 'config')) throw error;
      const byCluster = Map.groupBy(works, ({ metadata }) => metadata.namespace ?? '');
      for (const [cluster, some] of byCluster) await this.askForStatuses(cluster, some, signal);
    }
    this.#answers.tryAgain();
    if (this.store.isFilled) return;
    await untilQuiet(this.#options.clock, () => this.#lastEventMs, signal);
    this.store.markFilled();
  }

  async #send(
    event: CloudEvent,
    { name, namespace = '' }: { readonly name: string; readonly namespace?: string },
    signal: AbortSignal,
  ): Promise<void> {
    await this.#session.publish(event, { dataType: bundle, name }, signal);
    this.#options.metrics?.sent({ source: event.source, consumer: namespace, type: event.type });
  }

  #envelope(): Envelope {
    return { id: randomUUID(), source: this.#options.sourceId, time: this.#options.clock.now() };
  }
}

/** Not every transport keeps the order (cloudevents-grpc 6.2). */
function isNewer(reported: ReportedWork, than: ReportedWork): boolean {
  return compareSequenceIds(sequenceOf(than), sequenceOf(reported) ?? '') === 'newer';
}
