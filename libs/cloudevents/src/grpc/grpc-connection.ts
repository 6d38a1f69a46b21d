import {
  type CallOptions as GrpcCallOptions,
  Client,
  type ClientReadableStream,
  connectivityState,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import type { Clock } from '@ocm/kube';
import {
  type CloudEvent as WireEvent,
  CloudEventServiceService,
  type SubscriptionRequest,
} from '../generated/io/cloudevents/v1/cloud_event.ts';
import { errorOfPublish, type PublishedResource } from '../publish-error.ts';
import type { ClientKeyPair } from '../connection-file/tls-files.ts';
import { decodeWireEvent } from '../wire-event.ts';
import { channelCredentials, type LoadedClientConfig } from './client-credentials.ts';

const { publish: PUBLISH, subscribe: SUBSCRIBE } = CloudEventServiceService;
const LONGEST_MESSAGE_BYTES = 4 * 1024 * 1024;
const LONGEST_PUBLISH_MS = 60_000;
const NEVER_MS = 2 ** 31 - 1;

/** A message of a stream; one that is no protobuf of ours comes as the error, and does not end the stream. */
export type StreamMessage =
  { readonly kind: 'event'; readonly event: WireEvent } | { readonly kind: 'unreadable'; readonly error: Error };

/**
 * One HTTP/2 connection, for calls in both directions (cloudevents-grpc 9.5). It is given up when it is lost and never opened again: whoever
 * needs one makes another.
 */
export class GrpcConnection {
  /** With which it was opened. */
  readonly keyPair: ClientKeyPair | undefined;
  /** Fires with the reason when the connection is no more. */
  readonly closed: AbortSignal;
  readonly #closing = new AbortController();
  readonly #client: Client;
  readonly #token: string | undefined;
  readonly #url: string;
  readonly #clock: Pick<Clock, 'now'>;
  #wasReady = false;

  constructor(loaded: LoadedClientConfig, clock: Pick<Clock, 'now'>) {
    const { config, keyPair, token } = loaded;
    this.keyPair = keyPair;
    this.closed = this.#closing.signal;
    this.#token = token;
    this.#url = config.url;
    this.#clock = clock;
    this.#client = new Client(config.url, channelCredentials(loaded), channelOptions(config));
    this.#watch();
  }

  /** Ends all calls with the reason. */
  close(reason: Error): void {
    if (this.closed.aborted) return;
    this.#closing.abort(reason);
    this.#client.close();
  }

  /** Ends a connection that has never been up: it would be tried again at a pace that is not ours (cloudevents-grpc 9.3). */
  closeUnlessReady(reason: Error): void {
    if (!this.#wasReady) this.close(reason);
  }

  /** Resolves when the connection is up; rejects when it cannot be. */
  async ready(signal: AbortSignal): Promise<void> {
    const channel = this.#client.getChannel();
    for (;;) {
      signal.throwIfAborted();
      this.closed.throwIfAborted();
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return;
      if (state === connectivityState.TRANSIENT_FAILURE) throw new Error(`cannot connect to ${this.#url}`);
      await new Promise<void>((resolve) => {
        const done = (): void => resolve();
        signal.addEventListener('abort', done, { once: true });
        channel.watchConnectivityState(state, Infinity, () => {
          signal.removeEventListener('abort', done);
          resolve();
        });
      });
    }
  }

  /** Cancelling the stream is up to the caller. */
  subscribe(request: SubscriptionRequest): ClientReadableStream<StreamMessage> {
    const { path, requestSerialize } = SUBSCRIBE;
    return this.#client.makeServerStreamRequest(path, requestSerialize, parseMessage, request, this.#metadata());
  }

  /** @throws KubeError the error of the hub's API, or a `PublishError` */
  async publish(event: WireEvent, published: PublishedResource, outer: AbortSignal): Promise<void> {
    outer.throwIfAborted();
    const signal = AbortSignal.any([outer, this.closed]);
    const { path, requestSerialize, responseDeserialize } = PUBLISH;
    const options: GrpcCallOptions = { deadline: new Date(this.#clock.now().getTime() + LONGEST_PUBLISH_MS) };
    const answer = Promise.withResolvers<void>();
    const call = this.#client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { event },
      this.#metadata(),
      options,
      (error) => (error === null ? answer.resolve() : answer.reject(error)),
    );
    const cancel = (): void => call.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      await answer.promise;
    } catch (error) {
      outer.throwIfAborted();
      const text = this.closed.aborted ? (this.closed.reason as Error).message : (error as ServiceError).details;
      throw errorOfPublish(text, published, error);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    if (this.#token !== undefined) metadata.set('authorization', `Bearer ${this.#token}`);
    return metadata;
  }

  /** A channel that was up and is not any more would connect again by itself, at its own pace; this one does not. */
  #watch(): void {
    if (this.closed.aborted) return;
    const channel = this.#client.getChannel();
    const state = channel.getConnectivityState(false);
    const isReady = state === connectivityState.READY;
    if ((this.#wasReady && !isReady) || state === connectivityState.SHUTDOWN) {
      this.close(new Error(`the connection to ${this.#url} is lost`));
      return;
    }
    this.#wasReady = isReady;
    channel.watchConnectivityState(state, Infinity, () => this.#watch());
  }
}

function channelOptions({ keepAlive }: LoadedClientConfig['config']): Readonly<Record<string, number>> {
  const pings =
    keepAlive === undefined
      ? {}
      : {
          'grpc.keepalive_time_ms': keepAlive.timeMs,
          'grpc.keepalive_timeout_ms': keepAlive.timeoutMs,
          'grpc.keepalive_permit_without_calls': keepAlive.permitWithoutStream ? 1 : 0,
        };
  return {
    'grpc.max_receive_message_length': LONGEST_MESSAGE_BYTES,
    // A connection of our own, which nobody opens again behind our back.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.client_idle_timeout_ms': NEVER_MS,
    ...pings,
  };
}

function parseMessage(bytes: Buffer): StreamMessage {
  try {
    return { kind: 'event', event: decodeWireEvent(bytes) };
  } catch (error) {
    return { kind: 'unreadable', error: new Error('the message is no protobuf of an event', { cause: error }) };
  }
}
