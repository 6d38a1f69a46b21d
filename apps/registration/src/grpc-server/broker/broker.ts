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
/** How often what waits for all streams is added up, in pushed events. */
const COUNTED_EVERY = 256;
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
  #pushedSinceCount = 0;

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
      const outgoing: Outgoing = { bytes: encodeEvent(event), resourceId: findString(event, extensions.resourceId) };
      // A copy: whoever overflows leaves.
      for (const subscriber of [...streams]) subscriber.offer(outgoing);
    } catch (error) {
      // One event that cannot be sent must not stop the others.
      this.#options.log.error({ event: event.id, type: event.type, error }, 'event cannot be sent');
      return;
    }
    this.#limitWaiting();
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

  #limitWaiting(): void {
    this.#pushedSinceCount += 1;
    if (this.#pushedSinceCount < COUNTED_EVERY) return;
    this.#pushedSinceCount = 0;
    const slow = [...this.#subscribers.values()].flatMap((streams) =>
      [...streams].filter(({ waitingBytes }) => waitingBytes > 0),
    );
    let total = slow.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
    for (const subscriber of slow.toSorted((one, other) => other.waitingBytes - one.waitingBytes)) {
      if (total <= MOST_WAITING_BYTES) return;
      total -= subscriber.waitingBytes;
      subscriber.overload('queue is full');
    }
  }
}

function keyOf(audience: Audience, dataType: string): string {
  return audience.kind === 'cluster'
    ? `${dataType}\0cluster\0${audience.clusterName}`
    : `${dataType}\0source\0${audience.source}`;
}
