import {
  type CloudEvent,
  type DataType,
  encodeEvent,
  encodeHeartbeat,
  extensions,
  findString,
  formatDataType,
  parseEventType,
  requireString,
} from '@ocm/cloudevents';
import type { Clock, Logger } from '@ocm/kube';
import type { Outgoing } from './event-queue.ts';
import type { Audience, Subscriber } from './subscriber.ts';
import { Wheel } from './wheel.ts';

/** How much may wait for all streams together; beyond it those that have most waiting are ended. */
const MOST_WAITING_BYTES = 256 * 1024 * 1024;
/** Far more than an agent needs, and little enough that one cluster cannot fill the memory with streams. */
const MOST_STREAMS = 256;
/** What clients accept (cloudevents-grpc trap 32): a longer event would end their stream, and again after each resync. */
const LONGEST_EVENT_BYTES = 4 * 1024 * 1024;
/** Without heartbeats streams are still looked after. */
const LOOK_AFTER_MS = 10_000;
/** How long a resync waits for a stream that does not take its answers. */
const PATIENCE_MS = 5000;

export interface BrokerOptions {
  /** Absent: none are sent. */
  readonly heartbeatMs: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

/** Brings events to the streams of their cluster and data type on this replica (cloudevents-grpc 12.2). Never waits for a stream. */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #subscribers = new Map<string, Set<Subscriber>>();
  readonly #heartbeats: Wheel<Subscriber>;
  #heartbeat: { readonly bytes: Uint8Array; readonly madeMs: number } | undefined;
  #waitingBytes = 0;

  constructor(options: BrokerOptions) {
    this.#options = options;
    const { heartbeatMs, clock, signal } = options;
    this.#heartbeats = new Wheel({
      intervalMs: heartbeatMs ?? LOOK_AFTER_MS,
      clock,
      visit: (subscriber) => subscriber.beat(heartbeatMs === undefined ? undefined : this.#beat()),
      signal,
    });
  }

  add(subscriber: Subscriber): void {
    const key = keyOf(subscriber.audience, subscriber.dataType);
    const streams = this.#subscribers.get(key) ?? new Set();
    this.#subscribers.set(key, streams.add(subscriber));
    this.#heartbeats.add(subscriber);
  }

  /** Ends it as well. */
  delete(subscriber: Subscriber): void {
    const key = keyOf(subscriber.audience, subscriber.dataType);
    const streams = this.#subscribers.get(key);
    streams?.delete(subscriber);
    if (streams?.size === 0) this.#subscribers.delete(key);
    this.#heartbeats.delete(subscriber);
    subscriber.end();
  }

  /** So many bytes more, or less, wait for a stream. */
  countWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
  }

  /** Whether an audience has as many streams of a data type as it may have. */
  isCrowded(audience: Audience, dataType: DataType): boolean {
    return (this.#subscribers.get(keyOf(audience, formatDataType(dataType)))?.size ?? 0) >= MOST_STREAMS;
  }

  /** Whether a stream of this audience and data type is open. */
  isAwaited(audience: Audience, dataType: DataType): boolean {
    return this.#subscribers.has(keyOf(audience, formatDataType(dataType)));
  }

  /** Hands an event to the streams of the cluster that it names. */
  push(event: CloudEvent): void {
    this.#dispatch(event, () => ({ kind: 'cluster', clusterName: requireString(event, extensions.clusterName) }));
  }

  /** Hands an event to the streams of a source. */
  pushToSource(source: string, event: CloudEvent): void {
    this.#dispatch(event, () => ({ kind: 'source', source }));
  }

  /** It is encoded once, and not at all when nobody listens. */
  #dispatch(event: CloudEvent, audience: () => Audience): void {
    try {
      const dataType = formatDataType(parseEventType(event.type).dataType);
      const streams = this.#subscribers.get(keyOf(audience(), dataType));
      if (streams === undefined) return;
      const bytes = encodeEvent(event);
      if (bytes.byteLength > LONGEST_EVENT_BYTES)
        throw new Error(`its ${bytes.byteLength} bytes are more than clients take`);
      const outgoing: Outgoing = { bytes, resourceId: findString(event, extensions.resourceId) };
      for (const subscriber of streams) subscriber.offer(outgoing);
    } catch (error) {
      // One event that cannot be sent must not stop the others.
      this.#options.log.error({ event: event.id, type: event.type, error }, 'event cannot be sent');
      return;
    }
    this.#limitWaiting();
  }

  /** Whether there is nothing to wait for: each stream of an audience has room for more, or is not waited for. */
  hasRoom(audience: Audience, dataType: DataType): boolean {
    const streams = this.#subscribers.get(keyOf(audience, formatDataType(dataType))) ?? [];
    return [...streams].every((subscriber) => subscriber.isReady);
  }

  /** Resolves when the streams of an audience have room for more. A stream that takes too long is not waited for again. */
  async room(audience: Audience, dataType: DataType, signal: AbortSignal): Promise<void> {
    const streams = [...(this.#subscribers.get(keyOf(audience, formatDataType(dataType))) ?? [])];
    const cancel = this.#options.clock.schedule(PATIENCE_MS, () => {
      for (const subscriber of streams) subscriber.leaveBehind();
    });
    try {
      await Promise.all(streams.map((subscriber) => subscriber.room()));
    } finally {
      cancel();
    }
    signal.throwIfAborted();
  }

  /** One heartbeat serves all streams of a moment. */
  #beat(): Uint8Array {
    const nowMs = this.#options.clock.now().getTime();
    if (this.#heartbeat?.madeMs !== nowMs) {
      this.#heartbeat = { bytes: encodeHeartbeat(this.#options.newId()), madeMs: nowMs };
    }
    return this.#heartbeat.bytes;
  }

  /** Makes the streams that have most waiting give up until the rest is not too much. */
  #limitWaiting(): void {
    if (this.#waitingBytes <= MOST_WAITING_BYTES) return;
    const slow = [...this.#subscribers.values()].flatMap((streams) =>
      [...streams].filter(({ waitingBytes }) => waitingBytes > 0),
    );
    for (const subscriber of slow.toSorted((one, other) => other.waitingBytes - one.waitingBytes)) {
      if (this.#waitingBytes <= MOST_WAITING_BYTES) return;
      subscriber.overload('queue is full');
    }
  }
}

function keyOf(audience: Audience, dataType: string): string {
  return audience.kind === 'cluster'
    ? `${dataType}\0cluster\0${audience.clusterName}`
    : `${dataType}\0source\0${audience.source}`;
}
