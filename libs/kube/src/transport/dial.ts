import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import type { Endpoint, EndpointTls } from '../kubeconfig/endpoint.ts';
import { hostnameOf } from '../kubeconfig/proxy.ts';

const CONNECT_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;
const LARGEST_PROXY_HEAD_BYTES = 16 * 1024;

/** `h2` or `http/1.1` as the server chose; `http/1.1` without TLS. */
export interface Dialed {
  readonly socket: Socket;
  readonly protocol: 'h2' | 'http/1.1';
}

/**
 * Opens a connection: through the proxy if there is one, with TLS if the server has it.
 *
 * @param protocols what to offer, best first
 * @throws the error of Node, or one that says what the proxy answered
 */
export async function dial(
  endpoint: Endpoint,
  protocols: readonly Dialed['protocol'][],
  signal: AbortSignal,
): Promise<Dialed> {
  const host = hostnameOf(endpoint.url);
  const port = portOf(endpoint.url);
  const { tls, proxy } = endpoint;
  const tunnel = proxy === undefined ? undefined : await openTunnel(proxy, { host, port, tls }, signal);
  if (tls === undefined) {
    const socket = tunnel ?? (await opened(connectTcp({ host, port }), 'connect', signal));
    return { socket: prepared(socket), protocol: 'http/1.1' };
  }
  const socket = connectTls({
    ...(tunnel === undefined ? { host, port } : { socket: tunnel }),
    ...identity({ name: tls.serverName ?? host, insecure: tls.insecure }),
    ca: tls.ca,
    cert: tls.cert,
    key: tls.key,
    ALPNProtocols: [...protocols],
    minVersion: 'TLSv1.2',
  });
  tunnel?.once('close', () => socket.destroy());
  await opened(socket, 'secureConnect', signal);
  return { socket: prepared(socket), protocol: socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1' };
}

/** Whom the certificate must name. An IP address must not be sent as server name (RFC 6066 3), so it is checked without. */
function identity({ name, insecure }: { name: string; insecure: boolean }): object {
  return {
    ...(isIP(name) > 0 ? {} : { servername: name }),
    checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(name, certificate),
    rejectUnauthorized: !insecure,
  };
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: EndpointTls | undefined;
}

/** RFC 9110 9.3.6: the proxy connects us and from then on passes bytes on. */
async function openTunnel(proxy: URL, target: Target, signal: AbortSignal): Promise<Socket> {
  try {
    const socket = await openProxy(proxy, target.tls, signal);
    await requestTunnel(socket, { proxy, ...target }, signal);
    return socket;
  } catch (error) {
    throw new Error(`proxy ${proxy.host}: ${(error as Error).message}`, { cause: error });
  }
}

async function requestTunnel(
  socket: Socket,
  { proxy, host, port }: Target & { readonly proxy: URL },
  signal: AbortSignal,
): Promise<void> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization =
    proxy.username === '' ? '' : `Proxy-Authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  const [line = ''] = (await responseHead(socket, signal)).split('\r\n');
  if (/^HTTP\/1\.[01] 2\d\d/.test(line)) return;
  socket.destroy();
  throw new Error(`answered CONNECT ${authority} with "${line}"`);
}

/** A TLS proxy may have a certificate of the kubeconfig's authority, or a public one. */
function openProxy(proxy: URL, tls: EndpointTls | undefined, signal: AbortSignal): Promise<Socket> {
  const host = hostnameOf(proxy);
  const port = portOf(proxy);
  if (proxy.protocol === 'http:') return opened(connectTcp({ host, port }), 'connect', signal);
  const ca = tls?.ca === undefined ? undefined : [tls.ca, ...rootCertificates];
  return opened(connectTls({ host, port, ca, ...identity({ name: host, insecure: false }) }), 'secureConnect', signal);
}

/** Reads to the empty line. A server that speaks first (none with TLS or HTTP does) would lose its first bytes. */
function responseHead(socket: Socket, signal: AbortSignal): Promise<string> {
  return step(socket, signal, ({ resolve, reject }) => {
    let head = '';
    const read = (chunk: Buffer): void => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) resolve(head);
      else if (head.length > LARGEST_PROXY_HEAD_BYTES) reject(new Error('answered with too long a head'));
    };
    socket.on('data', read);
    return () => socket.off('data', read).pause();
  });
}

function opened<S extends Socket | TLSSocket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<S> {
  return step(socket, signal, ({ resolve }) => {
    const open = (): void => resolve(socket);
    socket.once(event, open);
    return () => socket.off(event, open);
  });
}

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/** One step of the way to an open connection. Fails when the socket does, when the signal fires, and after 30 s. */
function step<T>(socket: Socket, signal: AbortSignal, listen: (settle: Settle<T>) => () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => fail(new Error('the connection was given up', { cause: signal.reason }));
    const closed = (): void => fail(new Error('the connection was closed before it was open'));
    const fail = (error: Error): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(timeout()), CONNECT_TIMEOUT_MS);
    const unlisten = listen({
      reject: fail,
      resolve: (value) => {
        settle();
        resolve(value);
      },
    });
    const settle = (): void => {
      clearTimeout(timer);
      unlisten();
      signal.removeEventListener('abort', abort);
      // The no-op stays: until its next owner listens, an error of the socket must not be an uncaught one.
      socket
        .off('close', closed)
        .off('error', fail)
        .on('error', () => undefined);
    };
    socket.once('error', fail).once('close', closed);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

function prepared(socket: Socket): Socket {
  return socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function timeout(): Error {
  return Object.assign(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`), { code: 'ETIMEDOUT' });
}
