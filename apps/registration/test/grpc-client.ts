import { fileURLToPath } from 'node:url';
import {
  type CallOptions,
  ChannelCredentials,
  Client,
  type ClientReadableStream,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { KeyAndCertificate } from '@ocm/pki';
import { until } from '@ocm/testing';

const PROTO_ROOT = fileURLToPath(new URL('../../../proto', import.meta.url));
const ANSWER_MS = 30_000;

/** A message as protobufjs has it: an implementation other than ours. */
export interface RawEvent {
  readonly id: string;
  readonly source: string;
  readonly spec_version: string;
  readonly type: string;
  readonly attributes: Readonly<Record<string, RawAttribute>>;
  readonly binary_data?: Buffer;
}

export interface RawAttribute {
  readonly ce_string?: string;
  readonly ce_integer?: number;
  readonly ce_boolean?: boolean;
  readonly ce_bytes?: Buffer;
  readonly ce_timestamp?: { readonly seconds: number | string; readonly nanos?: number };
}

/** How a call ended: code of gRPC and its message. */
export interface Ended {
  readonly code: status;
  readonly details: string;
}

/** What a client shows. */
export interface RawCredentials {
  readonly caPem: string;
  readonly token?: string;
  readonly certificate?: KeyAndCertificate;
}

export interface RawSubscription {
  readonly cluster?: string;
  readonly source?: string;
  readonly dataType: string;
}

/** A client made from the raw .proto: nothing of it knows ours. One connection each. */
export interface RawClient extends Disposable {
  /** `undefined`: a request without an event. Cancelled with the signal. */
  publish(event: RawEvent | undefined, signal?: AbortSignal): Promise<Ended>;
  /** Sends bytes that may be no message at all. */
  publishBytes(bytes: Buffer): Promise<Ended>;
  /** Resolves when the server has accepted; rejects with what it says against it, as `<CODE>: <message>`. */
  subscribe(subscription: RawSubscription): Promise<RawStream>;
  /** As `subscribe`, without waiting for anything. */
  open(subscription: RawSubscription): RawStream;
}

export interface RawStream {
  /** Values of `subscription-id` in the initial metadata; rejects when the call ends before. */
  readonly ids: Promise<readonly string[]>;
  /** What came, without heartbeats. */
  readonly events: readonly RawEvent[];
  /** When each of the events came, as `performance.now()` has it. */
  readonly arrivals: readonly number[];
  readonly heartbeats: readonly RawEvent[];
  /** Whatever came first: metadata or a message. */
  readonly first: 'nothing' | 'metadata' | 'message';
  readonly ended: Promise<Ended>;
  cancel(): void;
  /** Stops reading; goes on with `resume`. */
  pause(): void;
  resume(): void;
  /** Waits for an event. */
  next(matches: (event: RawEvent) => boolean, describe: string): Promise<RawEvent>;
}

const HEARTBEAT = 'io.open-cluster-management.cloudevents.heartbeat';
const service = (
  loadPackageDefinition(
    loadSync('io/cloudevents/v1/cloud_event.proto', { keepCase: true, longs: String, includeDirs: [PROTO_ROOT] }),
  ) as unknown as { io: { cloudevents: { v1: { CloudEventService: ServiceClientConstructor } } } }
).io.cloudevents.v1.CloudEventService.service;
const { Publish: publishMethod, Subscribe: subscribeMethod } = service;

export function connectRaw(
  address: string,
  { caPem, token, certificate }: RawCredentials,
  options: Readonly<Record<string, number>> = {},
): RawClient {
  const channel = ChannelCredentials.createSsl(
    Buffer.from(caPem),
    certificate === undefined ? null : Buffer.from(certificate.privateKeyPem),
    certificate === undefined ? null : Buffer.from(certificate.certificatePem),
  );
  const client = new Client(address, channel, {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    ...options,
  });
  const metadata = (): Metadata => {
    const entries = new Metadata();
    if (token !== undefined) entries.set('authorization', `Bearer ${token}`);
    return entries;
  };
  const send = (bytes: Buffer, signal?: AbortSignal): Promise<Ended> => {
    const { path, responseDeserialize } = known(publishMethod);
    const deadline: CallOptions = { deadline: Date.now() + ANSWER_MS };
    return new Promise((resolve) => {
      const call = client.makeUnaryRequest(path, asIs, responseDeserialize, bytes, metadata(), deadline, (error) =>
        resolve(error === null ? { code: status.OK, details: '' } : endOf(error)),
      );
      signal?.addEventListener('abort', () => call.cancel(), { once: true });
    });
  };
  const open = (subscription: RawSubscription): RawStream => {
    const { path, responseDeserialize } = known(subscribeMethod);
    return rawStream(
      client.makeServerStreamRequest(
        path,
        encodeSubscription,
        (bytes: Buffer) => responseDeserialize(bytes) as RawEvent,
        subscription,
        metadata(),
      ),
    );
  };
  return {
    publish: (event, signal) => send(encodePublication(event), signal),
    publishBytes: (bytes) => send(bytes),
    open,
    async subscribe(subscription) {
      const stream = open(subscription);
      await stream.ids;
      return stream;
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function asIs(message: Buffer): Buffer {
  return message;
}

/** The bytes of a request to publish; `undefined`: one without an event. */
export function encodePublication(event: RawEvent | undefined): Buffer {
  return known(publishMethod).requestSerialize(event === undefined ? {} : { event });
}

/** The bytes of a request to subscribe. */
export function encodeSubscription({ cluster = '', source = '', dataType }: RawSubscription): Buffer {
  return known(subscribeMethod).requestSerialize({ source, cluster_name: cluster, data_type: dataType });
}

function known<T>(method: T | undefined): T {
  if (method === undefined) throw new Error('the .proto lacks a method');
  return method;
}

function rawStream(call: ClientReadableStream<RawEvent>): RawStream {
  const [events, heartbeats]: [RawEvent[], RawEvent[]] = [[], []];
  const arrivals: number[] = [];
  const ids = Promise.withResolvers<readonly string[]>();
  const ended = Promise.withResolvers<Ended>();
  const seen: { first: RawStream['first'] } = { first: 'nothing' };
  const note = (what: RawStream['first']): void => {
    if (seen.first === 'nothing') seen.first = what;
  };
  call.on('metadata', (metadata) => {
    note('metadata');
    ids.resolve(metadata.get('subscription-id').map(String));
  });
  call.on('data', (event: RawEvent) => {
    note('message');
    if (event.type === HEARTBEAT) heartbeats.push(event);
    else {
      events.push(event);
      arrivals.push(performance.now());
    }
  });
  call.on('error', (error: ServiceError) => ended.resolve(endOf(error)));
  call.on('end', () => ended.resolve({ code: status.OK, details: '' }));
  void ended.promise.then(({ code, details }) => ids.reject(new Error(`${status[code]}: ${details}`)));
  ids.promise.catch(() => undefined); // who does not wait for it looks at `ended`
  return {
    ids: ids.promise,
    events,
    arrivals,
    heartbeats,
    get first() {
      return seen.first;
    },
    ended: ended.promise,
    cancel: () => call.cancel(),
    pause: () => void call.pause(),
    resume: () => void call.resume(),
    async next(matches, describe) {
      let found: RawEvent | undefined;
      await until(
        () => {
          found = events.find(matches);
          if (found === undefined) throw new Error(`there are ${JSON.stringify(events.map(({ type }) => type))}`);
          return true;
        },
        { describe },
      );
      if (found === undefined) throw new Error(describe);
      return found;
    },
  };
}

function endOf({ code, details }: ServiceError): Ended {
  return { code, details };
}
