import { type ClientReadableStream, type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Clock } from '@ocm/kube';
import type { CloudEvent } from '../event.ts';
import { formatDataType, heartbeatType } from '../event-type.ts';
import { fromProtobuf } from '../protobuf.ts';
import type { EventSubscription } from '../session/event-transport.ts';
import type { GrpcConnection, StreamMessage } from './grpc-connection.ts';

const SUBSCRIPTION_ID = 'subscription-id';
const REAL_ERROR_MS = 5000;
const ACCEPTED_WITHIN_MS = 30_000;

export interface SubscribeOptions {
  readonly connection: GrpcConnection;
  readonly subscription: EventSubscription;
  readonly clock: Clock;
  /** Without a heartbeat for this long the connection is given up; `undefined` means that nobody looks. */
  readonly healthinessTimeoutMs: number | undefined;
  readonly onEvent: (event: CloudEvent) => void;
  readonly onUnreadable: (error: Error) => void;
  readonly signal: AbortSignal;
}

/** An accepted subscription. */
export interface GrpcSubscription {
  readonly ended: Promise<Error>;
  cancel(): void;
}

/**
 * Subscribes; resolves when the server has accepted with exactly one `subscription-id` (cloudevents-grpc 2.6).
 *
 * @throws Error what the server says against it
 */
export async function subscribe(options: SubscribeOptions): Promise<GrpcSubscription> {
  const { connection, subscription, clock, signal } = options;
  signal.throwIfAborted();
  const { dataType, clusterName, source } = subscription;
  const call = connection.subscribe({ source, clusterName, dataType: formatDataType(dataType) });
  const lifetime = new StreamLifetime(call);
  lifetime.endsWith(signal);
  lifetime.endsWith(connection.closed);
  const heard = heartbeatWatch(options, lifetime);
  call.on('data', (message: StreamMessage) => {
    if (message.kind === 'event' && message.event.type === heartbeatType) heard();
    else if (!lifetime.isOver) deliver(message, options);
  });
  await accepted(call, lifetime, clock);
  heard();
  return { ended: lifetime.ended, cancel: () => lifetime.end(new Error('unsubscribed')) };
}

function deliver(message: StreamMessage, { onEvent, onUnreadable }: SubscribeOptions): void {
  if (message.kind === 'unreadable') {
    onUnreadable(message.error);
    return;
  }
  let event: CloudEvent;
  try {
    event = fromProtobuf(message.event);
  } catch (error) {
    onUnreadable(error as Error);
    return;
  }
  onEvent(event);
}

/** Only heartbeats count, events do not (cloudevents-grpc 8). Returns what to call for each. */
function heartbeatWatch(
  { connection, clock, healthinessTimeoutMs: ms }: SubscribeOptions,
  lifetime: StreamLifetime,
): () => void {
  if (ms === undefined) return () => undefined;
  let cancel: (() => void) | undefined;
  lifetime.onEnd(() => cancel?.());
  return () => {
    cancel?.();
    // A server that is silent on one stream is silent on all of them.
    const giveUp = (): void => connection.close(new Error(`stream timeout: no heartbeat received for ${ms} ms`));
    if (!lifetime.isOver) cancel = clock.schedule(ms, giveUp);
  };
}

async function accepted(
  call: ClientReadableStream<StreamMessage>,
  lifetime: StreamLifetime,
  clock: Clock,
): Promise<void> {
  const metadata = Promise.withResolvers<Metadata>();
  call.once('metadata', metadata.resolve);
  const cancel = clock.schedule(ACCEPTED_WITHIN_MS, () =>
    lifetime.end(new Error(`the server did not answer the subscription within ${ACCEPTED_WITHIN_MS} ms`)),
  );
  const refusal = lifetime.ended.then((error) => Promise.reject(error));
  try {
    const initial = await Promise.race([metadata.promise, refusal]);
    if (idsOf(initial).length !== 1) await realError(lifetime, clock);
  } finally {
    cancel();
  }
}

/** HTTP/2 joins values of one name with commas. */
function idsOf(metadata: Metadata): readonly string[] {
  return metadata.get(SUBSCRIPTION_ID).flatMap((value) => value.toString().split(','));
}

/** Without an id the subscription has failed; what the server has against it comes at the end of the stream. */
async function realError(lifetime: StreamLifetime, clock: Clock): Promise<never> {
  const cancel = clock.schedule(REAL_ERROR_MS, () =>
    lifetime.end(new Error(`the server sent no ${SUBSCRIPTION_ID}, or more than one`)),
  );
  const error = await lifetime.ended;
  cancel();
  throw error;
}

/** From the request to its end, by whomever. */
class StreamLifetime {
  readonly ended: Promise<Error>;
  isOver = false;
  readonly #call: ClientReadableStream<StreamMessage>;
  readonly #finish: (error: Error) => void;
  readonly #afterwards: (() => void)[] = [];

  constructor(call: ClientReadableStream<StreamMessage>) {
    const ended = Promise.withResolvers<Error>();
    this.ended = ended.promise;
    this.#call = call;
    this.#finish = ended.resolve;
    call.on('error', (error: ServiceError) => this.end(errorOfStream(error)));
    call.on('end', () => this.end(new Error('the server has ended the stream')));
  }

  end(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    for (const run of this.#afterwards) run();
    this.#call.cancel();
    this.#finish(error);
  }

  onEnd(run: () => void): void {
    this.#afterwards.push(run);
  }

  endsWith(signal: AbortSignal): void {
    const end = (): void => this.end(signal.reason as Error);
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    this.onEnd(() => signal.removeEventListener('abort', end));
  }
}

function errorOfStream(error: ServiceError): Error {
  return new Error(`${status[error.code] ?? error.code}: ${error.details}`, { cause: error });
}
