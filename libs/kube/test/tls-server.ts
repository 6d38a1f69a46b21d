import { once } from 'node:events';
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createCertificateAuthority, issueKeyAndCertificate, type KeyAndCertificate } from '@ocm/pki';
import type { Endpoint, EndpointTls } from '../src/kubeconfig/endpoint.ts';

const DAY_MS = 86_400_000;

/** An authority, and a server certificate of it for 127.0.0.1 and for `api.test`. */
export interface TestPki {
  readonly ca: KeyAndCertificate;
  readonly serving: KeyAndCertificate;
  client(user: string, lifetimeMs?: number): Promise<KeyAndCertificate>;
}

export async function createTestPki(): Promise<TestPki> {
  const now = new Date(Date.now() - 60_000);
  const ca = await createCertificateAuthority({ commonName: 'test', validityMs: DAY_MS, now });
  const validity = { notBefore: now, notAfter: new Date(Date.now() + DAY_MS) };
  const serving = await issueKeyAndCertificate(ca, {
    commonName: 'server',
    usages: ['server'],
    dnsNames: ['api.test'],
    ipAddresses: ['127.0.0.1'],
    ...validity,
  });
  return {
    ca,
    serving,
    client: (user, lifetimeMs = DAY_MS) =>
      issueKeyAndCertificate(ca, {
        commonName: user,
        usages: ['client'],
        notBefore: new Date(Date.now() + Math.min(0, lifetimeMs) - 60_000),
        notAfter: new Date(Date.now() + lifetimeMs),
      }),
  };
}

export type OnStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

export interface TestServer extends AsyncDisposable {
  readonly url: URL;
  /** All HTTP/2 sessions so far. */
  readonly sessions: readonly ServerHttp2Session[];
}

/** An HTTP/2 server that also has HTTP/1.1 when the options say so; streams go to `onStream`. */
export async function startHttp2Server(
  { serving }: TestPki,
  onStream: OnStream,
  options: SecureServerOptions = {},
): Promise<TestServer> {
  const server = createSecureServer({ cert: serving.certificatePem, key: serving.privateKeyPem, ...options });
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    onStream(stream, headers);
  });
  return listening(server, 'https', sessions);
}

/** A server that has never heard of HTTP/2. */
export async function startHttp1Server({ serving }: TestPki, listener: RequestListener): Promise<TestServer> {
  return listening(createHttpsServer({ cert: serving.certificatePem, key: serving.privateKeyPem }, listener), 'https');
}

/** Passes bytes on to another server until it is frozen: then connections stay open and nothing moves. */
export interface Relay extends TestServer {
  freeze(): void;
  /** Connections so far. */
  readonly connections: number;
  /** Breaks all connections. */
  drop(): void;
  /** Whether new connections are closed at once; at first not. */
  refusing: boolean;
}

export async function startRelay(to: URL): Promise<Relay> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let refusing = false;
  const server = createServer((client) => {
    connections += 1;
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(to.port), to.hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const drop = (): void => sockets.forEach((socket) => socket.destroy());
  const relay = await listening(server, 'https');
  return {
    ...relay,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    get connections() {
      return connections;
    },
    drop,
    get refusing() {
      return refusing;
    },
    set refusing(value) {
      refusing = value;
    },
  };
}

/** Starts to listen; disposal breaks what is open. */
export async function listening(
  server: Server,
  scheme: 'http' | 'https',
  sessions: readonly ServerHttp2Session[] = [],
): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://127.0.0.1:${port}`),
    sessions,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export function endpointOf(url: URL, { ca }: Pick<TestPki, 'ca'>, over: Partial<EndpointTls> = {}): Endpoint {
  return {
    url,
    proxy: undefined,
    headers: {},
    certificateExpires: undefined,
    tls: {
      ca: ca.certificatePem,
      cert: undefined,
      key: undefined,
      serverName: undefined,
      insecure: false,
      ...over,
    },
  };
}
