import { randomUUID } from 'node:crypto';
import { type Clock, keyOf, type Logger, silentLogger } from '@ocm/kube';
import type { KubeObject, ManifestWork } from '@ocm/api';
import { bundleStatusEvent, type Envelope } from '../bundle.ts';
import { type CloudEvent, EventError, stringAttribute } from '../event.ts';
import { extensions } from '../event-metadata.ts';
import {
  type Action,
  dataTypes,
  formatDataType,
  formatEventType,
  isSameDataType,
  type Subresource,
} from '../event-type.ts';
import { kubeObjectEvent } from '../kube-object-event.ts';
import { findString } from '../read-extension.ts';
import { answerStatusResync, decodeHeldHashes, encodeHeldVersions, type HeldHashes } from '../resync.ts';
import { SequenceIds } from '../sequence-id.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import { EventSession } from '../session/event-session.ts';
import type { EventTransport } from '../session/event-transport.ts';
import { workStatusHash } from '../status-hash.ts';
import { type AgentKind, isKept } from './agent-kinds.ts';
import { judgeAgentEvent } from './judge-event.ts';
import { LocalStore } from './local-store.ts';
import { untilQuiet } from './settle.ts';
import { Turns } from './turns.ts';

const MOST_ANSWERS = 10;
const MS_PER_SECOND = 1000;

export interface ReplicaOptions {
  readonly transport: EventTransport;
  readonly clusterName: string;
  /** `source` of the events that go out (cloudevents-grpc 4.2). */
  readonly sourceId: string;
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  readonly random?: (() => number) | undefined;
  /** Names this client in metrics; default the source id. */
  readonly clientId?: string | undefined;
  readonly metrics?: EventMetrics | undefined;
}

/** What one agent knows of one kind, and the session that keeps it up to date. */
export class EventReplica {
  readonly kind: AgentKind;
  readonly store: LocalStore<KubeObject>;
  /** Writes about one object follow each other. */
  readonly turns = new Turns();
  readonly #options: ReplicaOptions;
  readonly #session: EventSession;
  readonly #sequenceIds: SequenceIds;
  readonly #log: Logger;
  #lastEventMs = 0;
  #answers: Promise<void> = Promise.resolve();
  #waitingAnswers = 0;
  #signal: AbortSignal | undefined;

  constructor(kind: AgentKind, options: ReplicaOptions) {
    const { clock, clusterName, transport, log = silentLogger, random, metrics } = options;
    const { sourceId, clientId = sourceId } = options;
    this.kind = kind;
    this.store = new LocalStore(kind.versioning);
    this.#options = options;
    this.#log = log;
    this.#sequenceIds = new SequenceIds(() => clock.now());
    this.#session = new EventSession({
      transport,
      subscription: { dataType: kind.dataType, clusterName, source: '' },
      publishOnly: !isKept(kind),
      onEvent: (event) => this.#receive(event),
      ...(isKept(kind) ? { resync: (signal: AbortSignal) => this.#resync(signal) } : {}),
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
    this.#signal = signal;
    await this.#session.run(signal);
    await this.#answers;
  }

  /** @throws KubeError when the hub refuses, or cannot be reached */
  async publish(
    object: KubeObject,
    { subresource, action }: { readonly subresource: Subresource; readonly action: Action },
    signal: AbortSignal,
  ): Promise<void> {
    const { dataType } = this.kind;
    const event =
      isSameDataType(dataType, dataTypes.bundle) && subresource === 'status'
        ? bundleStatusEvent(object, { action, sequenceId: this.#sequenceIds.next() }, this.#envelope())
        : kubeObjectEvent(object, { dataType, subresource, action }, this.#envelope());
    await this.#send(event, object.metadata.name, signal);
  }

  async #send(event: CloudEvent, name: string, signal: AbortSignal): Promise<void> {
    await this.#session.publish(event, { dataType: this.kind.dataType, name }, signal);
    const { metrics } = this.#options;
    const originalSource = metrics && findString(event, extensions.originalSource);
    metrics?.sent({
      source: event.source,
      type: event.type,
      ...(originalSource === undefined ? {} : { originalSource }),
    });
  }

  #receive(event: CloudEvent): void {
    const { clusterName } = this.#options;
    const { dataType } = this.kind;
    this.#lastEventMs = this.#nowMs();
    const verdict = judgeAgentEvent(event, { clusterName, dataType });
    if (verdict.kind === 'drop') {
      this.#log.debug({ type: event.type, id: event.id, reason: verdict.reason }, 'event dropped');
      return;
    }
    this.#options.metrics?.received({ source: event.source, type: event.type });
    try {
      if (verdict.kind === 'store') this.#take(event);
      else this.#answerLater(event);
    } catch (error) {
      this.#log.warn({ type: event.type, id: event.id, error }, 'event dropped: it cannot be decoded');
    }
  }

  #take(event: CloudEvent): void {
    const incoming = this.kind.decode(event);
    this.store.apply(this.kind.change(incoming, this.store.byUid(incoming.object.metadata.uid)));
  }

  async #resync(signal: AbortSignal): Promise<void> {
    await this.#ask(signal);
    if (this.store.isFilled) return;
    await untilQuiet(this.#options.clock, () => this.#lastEventMs, signal);
    this.store.markFilled();
  }

  /** Asks for what changed while nobody listened (cloudevents-grpc 7.1). */
  async #ask(signal: AbortSignal): Promise<void> {
    const { dataType } = this.kind;
    const held = this.store.list().flatMap((object): [string, bigint][] => {
      const { uid } = object.metadata;
      const known = this.kind.version(object);
      return uid === undefined || known === undefined ? [] : [[uid, known]];
    });
    const event: CloudEvent = {
      ...this.#envelope(),
      type: formatEventType(dataType, 'spec', 'resync_request'),
      extensions: new Map([
        [extensions.clusterName, stringAttribute(this.#options.clusterName)],
        [extensions.originalSource, stringAttribute('')],
      ]),
      dataContentType: 'application/json',
      data: encodeHeldVersions(new Map(held)),
    };
    await this.#send(event, 'resync request', signal);
  }

  /** One after the other; a source that asks faster than it is answered is not answered every time. */
  #answerLater(event: CloudEvent): void {
    const signal = this.#signal;
    if (signal === undefined || !isSameDataType(this.kind.dataType, dataTypes.bundle)) return;
    const held = decodeHeldHashes(event.data);
    if (this.#waitingAnswers >= MOST_ANSWERS) throw new EventError('too many resync requests are waiting');
    this.#waitingAnswers += 1;
    this.#answers = this.#answers
      .then(() => this.#answerTimed(event.source, held, signal))
      .then(() => (findString(event, extensions.clusterName) === '' ? this.#askReturned(signal) : undefined))
      .finally(() => {
        this.#waitingAnswers -= 1;
      });
  }

  /** A source that asks all its agents has just connected: it has not heard what was asked while it was away, and a broker may not have kept it. */
  async #askReturned(signal: AbortSignal): Promise<void> {
    try {
      await this.#ask(signal);
    } catch (error) {
      if (!signal.aborted) this.#log.warn({ error }, 'the source that has come back cannot be asked');
    }
  }

  async #answerTimed(source: string, held: HeldHashes, signal: AbortSignal): Promise<void> {
    const startMs = this.#nowMs();
    await this.#answer(held, signal);
    const { metrics, clusterName: consumer } = this.#options;
    const labels = { source, consumer, type: formatDataType(this.kind.dataType) };
    metrics?.resynced('status', labels, (this.#nowMs() - startMs) / MS_PER_SECOND);
  }

  async #answer(held: HeldHashes, signal: AbortSignal): Promise<void> {
    const present = this.store.list().flatMap((object) => {
      const { uid: resourceId } = object.metadata;
      const statusHash = workStatusHash((object as ManifestWork).status);
      return resourceId === undefined ? [] : [{ object, resourceId, statusHash }];
    });
    for (const { object } of answerStatusResync(present, held)) await this.#answerOne(object, signal);
  }

  /** As the work is when its turn has come: a status that is being published must not be followed by the one before it. */
  async #answerOne({ metadata }: KubeObject, signal: AbortSignal): Promise<void> {
    try {
      await this.turns.take(keyOf({ metadata }), async () => {
        const object = this.store.byUid(metadata.uid);
        if (object !== undefined)
          await this.publish(object, { subresource: 'status', action: 'resync_response' }, signal);
      });
    } catch (error) {
      if (!signal.aborted) this.#log.warn({ work: metadata.name, error }, 'status cannot be sent to the source');
    }
  }

  #envelope(): Envelope {
    return { id: randomUUID(), source: this.#options.sourceId, time: this.#options.clock.now() };
  }

  #nowMs(): number {
    return this.#options.clock.now().getTime();
  }
}
