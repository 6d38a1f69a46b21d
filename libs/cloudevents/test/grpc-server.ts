import { randomUUID } from 'node:crypto';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  loadPackageDefinition,
  Metadata,
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceClientConstructor,
  type status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { createCertificateAuthority, issueKeyAndCertificate, type KeyAndCertificate } from '@ocm/pki';

const DAY_MS = 86_400_000;
const PROTO = fileURLToPath(new URL('../../../proto/io/cloudevents/v1/cloud_event.proto', import.meta.url));

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
  readonly ce_timestamp?: { readonly seconds: number | string; readonly nanos?: number };
}

export interface RawSubscription {
  readonly source: string;
  readonly cluster_name: string;
  readonly data_type: string;
}

export type Stream = ServerWritableStream<RawSubscription, RawEvent>;

/** How the server behaves; each member may be replaced while it runs. */
export interface Behaviour {
  /** Throws or rejects with `{ code, details }` to refuse. */
  publish: (event: RawEvent, call: ServerUnaryCall<{ event: RawEvent }, object>) => void | Promise<void>;
  /** Called with an accepted stream; the default keeps it open. */
  subscribed: (request: RawSubscription, stream: Stream) => void;
  /** Accepts, refuses with this, or sends the ids that are given here. */
  admit: (request: RawSubscription, stream: Stream) => { code: status; details: string } | readonly string[];
}

export interface TestPki {
  readonly ca: KeyAndCertificate;
  readonly serving: KeyAndCertificate;
  /** @param lifetimeMs default one day */
  client(commonName: string, lifetimeMs?: number): Promise<KeyAndCertificate>;
}

export async function createTestPki(): Promise<TestPki> {
  const notBefore = new Date(Date.now() - 60_000);
  const notAfter = new Date(Date.now() + DAY_MS);
  const ca = await createCertificateAuthority({ commonName: 'test', validityMs: DAY_MS, now: notBefore });
  const serving = await issueKeyAndCertificate(ca, {
    commonName: 'server',
    usages: ['server'],
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    notBefore,
    notAfter,
  });
  return {
    ca,
    serving,
    client: (commonName, lifetimeMs = DAY_MS) =>
      issueKeyAndCertificate(ca, {
        commonName,
        usages: ['client'],
        notBefore,
        notAfter: new Date(Date.now() + lifetimeMs),
      }),
  };
}

/** A server made from the raw .proto: nothing of it knows our client. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly behaviour: Behaviour;
  readonly published: RawEvent[];
  /** `authorization` of each call. */
  readonly tokens: (string | undefined)[];
  /** Peers that published or subscribed, as `address:port`. */
  readonly peers: Set<string>;
  /** Streams that are open now. */
  readonly streams: Set<Stream>;
  /** Common names of the client certificates of the calls. */
  readonly users: Set<string>;
  /** To all open streams of that cluster and data type. */
  send(event: RawEvent): void;
  heartbeat(): void;
}

/** @param options `certificates`: clients must have one */
export async function startGrpcServer(
  pki: TestPki,
  { port = 0, certificates = true }: { readonly port?: number; readonly certificates?: boolean } = {},
): Promise<TestServer> {
  const definition = loadSync(PROTO, {
    keepCase: true,
    longs: String,
    defaults: false,
    includeDirs: [fileURLToPath(new URL('../../../proto', import.meta.url))],
  });
  const loaded = loadPackageDefinition(definition) as unknown as {
    io: { cloudevents: { v1: { CloudEventService: ServiceClientConstructor } } };
  };
  const behaviour: Behaviour = { publish: () => undefined, subscribed: () => undefined, admit: () => [randomUUID()] };
  const seen = { published: [] as RawEvent[], tokens: [] as (string | undefined)[], peers: new Set<string>() };
  const users = new Set<string>();
  const streams = new Set<Stream>();
  const note = (call: ServerUnaryCall<unknown, unknown> | Stream): void => {
    seen.tokens.push(call.metadata.get('authorization')[0]?.toString());
    seen.peers.add(call.getPeer());
    const name = call.getAuthContext().sslPeerCertificate?.subject.CN;
    if (typeof name === 'string') users.add(name);
  };
  const server = new Server();
  server.addService(loaded.io.cloudevents.v1.CloudEventService.service, {
    Publish: (call: ServerUnaryCall<{ event: RawEvent }, object>, answer: sendUnaryData<object>) => {
      note(call);
      seen.published.push(call.request.event);
      Promise.resolve()
        .then(() => behaviour.publish(call.request.event, call))
        .then(
          () => answer(null, {}),
          (error: { code: status; details: string }) => answer(error),
        );
    },
    Subscribe: (stream: Stream) => {
      note(stream);
      const verdict = behaviour.admit(stream.request, stream);
      if ('code' in verdict) {
        stream.emit('error', verdict);
        return;
      }
      const metadata = new Metadata();
      for (const id of verdict) metadata.add('subscription-id', id);
      stream.sendMetadata(metadata);
      streams.add(stream);
      stream.on('cancelled', () => streams.delete(stream));
      behaviour.subscribed(stream.request, stream);
    },
  });
  const credentials = ServerCredentials.createSsl(
    Buffer.from(pki.ca.certificatePem),
    [{ cert_chain: Buffer.from(pki.serving.certificatePem), private_key: Buffer.from(pki.serving.privateKeyPem) }],
    certificates,
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, at) => (error === null ? resolve(at) : reject(error)));
  });
  return {
    port: bound,
    behaviour,
    ...seen,
    users,
    streams,
    send(event) {
      for (const stream of streams) if (isFor(stream.request, event)) stream.write(event);
    },
    heartbeat() {
      for (const stream of streams) stream.write(heartbeat());
    },
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

const HEARTBEAT = 'io.open-cluster-management.cloudevents.heartbeat';

function heartbeat(): RawEvent {
  return { id: randomUUID(), source: '', spec_version: '1.0', type: HEARTBEAT, attributes: {} };
}

function isFor({ cluster_name: cluster, data_type: dataType }: RawSubscription, event: RawEvent): boolean {
  return event.attributes['ce-clustername']?.ce_string === cluster && event.type.startsWith(`${dataType}.`);
}

/** Passes bytes on; connections can be cut, or frozen: then they stay open and nothing moves. */
export interface Wire extends AsyncDisposable {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: number;
  target: number;
  cut(): void;
  /** Cuts all connections when so many more bytes came from the server. */
  cutAfter(bytes: number): void;
}

export async function startWire(target: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const state = { target, accepted: 0, remaining: Number.POSITIVE_INFINITY };
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    state.accepted += 1;
    const upstream = connectSocket(state.target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (chunk.length < state.remaining) {
        state.remaining -= chunk.length;
        client.write(chunk);
        return;
      }
      client.write(chunk.subarray(0, state.remaining), cut);
      state.remaining = Number.POSITIVE_INFINITY;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return state.accepted;
    },
    get target() {
      return state.target;
    },
    set target(port) {
      state.target = port;
    },
    cut,
    cutAfter(bytes) {
      state.remaining = bytes;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
