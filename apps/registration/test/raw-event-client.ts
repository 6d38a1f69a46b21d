import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
  status,
} from '@grpc/grpc-js';
import { type PackageDefinition, loadSync, type ServiceDefinition } from '@grpc/proto-loader';

// Nothing here knows the product's client or codec: plain grpc-js, and protobufjs for the bytes.
const PROTO = join(import.meta.dirname, '../../../proto');

/** An event as protobufjs has it. */
export interface RawEvent {
  readonly id?: string;
  readonly source?: string;
  readonly spec_version?: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, RawAttribute>>;
  readonly binary_data?: Buffer;
}

export type RawAttribute =
  | { readonly ce_string: string }
  | { readonly ce_integer: number }
  | { readonly ce_boolean: boolean }
  | { readonly ce_bytes: Buffer }
  | { readonly ce_timestamp: { readonly seconds: number } }
  | Readonly<Record<string, never>>;

const { Publish, Subscribe } = serviceDefinition();

function serviceDefinition(): ServiceDefinition & Record<'Publish' | 'Subscribe', ServiceDefinition[string]> {
  const loaded: PackageDefinition = loadSync('io/cloudevents/v1/cloud_event.proto', {
    keepCase: true,
    longs: String,
    defaults: false,
    includeDirs: [PROTO],
  });
  return loaded['io.cloudevents.v1.CloudEventService'] as ReturnType<typeof serviceDefinition>;
}

/** How a call ended. */
export interface Ending {
  /** `OK`, `INVALID_ARGUMENT` … */
  readonly code: string;
  readonly details: string;
}

/** A subscription and what has come of it. */
export interface RawStream {
  /** Resolves with the id when the server admits it; rejects with the ending otherwise. */
  readonly admitted: Promise<string>;
  readonly events: readonly (RawEvent & { readonly atMs: number })[];
  readonly heartbeats: readonly number[];
  /** Resolves when it has ended, however. */
  readonly ended: Promise<Ending>;
  /** Takes nothing more off the wire until `resume`. */
  pause(): void;
  resume(): void;
  cancel(): void;
}

export interface RawClient extends Disposable {
  publish(event: RawEvent | undefined, metadata?: Readonly<Record<string, string>>): Promise<Ending>;
  /** The bytes of a PublishRequest as they are. */
  publishBytes(bytes: Buffer): Promise<Ending>;
  subscribe(clusterName: string, dataType: string): RawStream;
}

export interface RawClientOptions {
  readonly port: number;
  readonly ca: string;
  readonly pair?: { readonly certificatePem: string; readonly privateKeyPem: string } | undefined;
  readonly options?: ChannelOptions;
}

const HEARTBEAT = 'io.open-cluster-management.cloudevents.heartbeat';
const DEADLINE_MS = 30_000;

export function rawClient({ port, ca, pair, options = {} }: RawClientOptions): RawClient {
  const key = pair === undefined ? null : Buffer.from(pair.privateKeyPem);
  const certificate = pair === undefined ? null : Buffer.from(pair.certificatePem);
  const tls = credentials.createSsl(Buffer.from(ca), key, certificate);
  const client = new Client(`127.0.0.1:${port}`, tls, {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    ...options,
  });
  const send = (bytes: Buffer, metadata = new Metadata()): Promise<Ending> =>
    new Promise((resolve) => {
      const done = (error: ServiceError | null): void => resolve(error === null ? OK : ending(error));
      const deadline = new Date(Date.now() + DEADLINE_MS);
      client.makeUnaryRequest(Publish.path, asIs, asIs, bytes, metadata, { deadline }, done);
    });
  return {
    publish(event, values = {}) {
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(values)) metadata.set(name, value);
      return send(publishBytes(event), metadata);
    },
    publishBytes: (bytes) => send(bytes),
    subscribe(clusterName, dataType) {
      const request = { cluster_name: clusterName, data_type: dataType };
      const { path, requestSerialize, responseDeserialize } = Subscribe;
      const read = (bytes: Buffer): RawEvent => responseDeserialize(bytes);
      return follow(client.makeServerStreamRequest(path, requestSerialize, read, request));
    },
    [Symbol.dispose]: () => client.close(),
  };
}

function follow(stream: ClientReadableStream<RawEvent>): RawStream {
  const events: (RawEvent & { atMs: number })[] = [];
  const heartbeats: number[] = [];
  const admitted = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<Ending>();
  stream.on('metadata', (metadata) => {
    const [id] = metadata.get('subscription-id');
    if (id !== undefined) admitted.resolve(String(id));
  });
  stream.on('data', (event) => {
    if (event.type === HEARTBEAT) heartbeats.push(performance.now());
    else events.push({ ...event, atMs: performance.now() });
  });
  stream.on('error', () => undefined);
  stream.on('status', (end) => {
    ended.resolve(ending(end));
    admitted.reject(new Error(`${status[end.code]}: ${end.details}`));
  });
  admitted.promise.catch(() => undefined);
  return {
    admitted: admitted.promise,
    events,
    heartbeats,
    ended: ended.promise,
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    cancel: () => stream.cancel(),
  };
}

const OK: Ending = { code: 'OK', details: '' };

function ending({ code, details }: Pick<StatusObject, 'code' | 'details'>): Ending {
  return { code: status[code], details };
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

/** The bytes of a PublishRequest. */
export function publishBytes(event: RawEvent | undefined): Buffer {
  return Publish.requestSerialize(event === undefined ? {} : { event });
}

export const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

/** A string attribute. */
export function text(value: string): RawAttribute {
  return { ce_string: value };
}

/** An event of an agent, whole and right; members are replaced by what is given, attributes one by one. */
export function agentEvent(cluster: string, type: string, changes: RawEvent = {}): RawEvent {
  const { attributes = {}, ...rest } = changes;
  return {
    id: randomUUID(),
    source: `${cluster}-work-agent`,
    spec_version: '1.0',
    type,
    binary_data: Buffer.from('{}'),
    ...rest,
    attributes: {
      contenttype: text('application/json'),
      'ce-clustername': text(cluster),
      'ce-originalsource': text(''),
      ...attributes,
    },
  };
}

/** A resync of bundles by an agent that holds nothing. */
export function resyncEvent(cluster: string): RawEvent {
  return agentEvent(cluster, `${BUNDLES}.spec.resync_request`);
}

/** The status of a work as its agent publishes it. */
export function statusEvent(
  { cluster, uid, generation }: { readonly cluster: string; readonly uid: string; readonly generation: number },
  message: string,
  changes: RawEvent = {},
): RawEvent {
  const { attributes = {}, ...rest } = changes;
  const condition = { type: 'Applied', status: 'True', reason: 'Test', message };
  const conditions = [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: generation }];
  return agentEvent(cluster, `${BUNDLES}.status.update_request`, {
    binary_data: Buffer.from(JSON.stringify({ conditions })),
    ...rest,
    attributes: {
      'ce-originalsource': text('kube'),
      'ce-resourceid': text(uid),
      'ce-resourceversion': { ce_integer: generation },
      'ce-sequenceid': text('1834773391719010304'),
      'ce-statushash': text(createHash('sha256').update(message).digest('hex')),
      'ce-metadata': text('{}'),
      'ce-logtracing': text('{}'),
      ...attributes,
    },
  });
}
