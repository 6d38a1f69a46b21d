import { once } from 'node:events';
import { createServer, type PeerCertificate, type TlsOptions, type TLSSocket } from 'node:tls';
import { messageOf } from '../call-status.ts';
import type { KeyAndCertificate } from '@ocm/pki';
import type { Logger } from '@ocm/kube';
import { ConfigError } from '@ocm/service';
import type { TlsVersions } from '../config/server-config.ts';

export interface TlsListenerOptions {
  readonly address: { readonly host?: string | undefined; readonly port: number };
  readonly versions: TlsVersions;
  readonly pair: KeyAndCertificate;
  /** PEM; absent: clients are not asked for certificates. */
  readonly clientAuthorities: string | undefined;
  readonly handshakeTimeoutMs: number;
  /** Called with a connection that speaks HTTP/2 and whose client has either no certificate or one that verifies. */
  readonly onConnection: (socket: TLSSocket) => void;
  readonly log: Logger;
}

/** Disposed, it accepts nothing more; connections live on. */
export interface TlsListener extends Disposable {
  /** The port in use, also when the system chose it. */
  readonly port: number;
  /** The certificate of handshakes from now on. */
  replace(pair: KeyAndCertificate): void;
}

/**
 * Accepts TLS connections for HTTP/2. Client certificates are optional, but one that is shown must verify: Node can only let both pass or
 * demand one, so a connection with a bad certificate is cut as soon as the handshake is over (cloudevents-grpc 11.3).
 *
 * @throws ConfigError when the address cannot be used
 */
export async function listenTls(options: TlsListenerOptions): Promise<TlsListener> {
  const { address, clientAuthorities, handshakeTimeoutMs, onConnection, log } = options;
  const asking = clientAuthorities === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  const server = createServer({
    ...contextFor(options),
    ...asking,
    ALPNProtocols: ['h2'],
    handshakeTimeout: handshakeTimeoutMs,
  });
  server.on('tlsClientError', (error, socket) => {
    log.debug({ error }, 'TLS handshake failed');
    socket.destroy(); // after a time-out Node leaves it open
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    const client = socket.remoteAddress;
    socket.on('error', (error) => log.debug({ client, error }, 'connection failed'));
    const certificate = socket.getPeerCertificate();
    const problem = problemOf(socket, certificate);
    if (problem === undefined) {
      // grpc-js asks for it at every call, and to parse it takes longer than the rest of a small one.
      Object.defineProperty(socket, 'getPeerCertificate', { value: () => certificate });
      onConnection(socket);
      return;
    }
    log.warn({ client, problem }, 'connection refused');
    socket.destroy();
  });
  const port = await listen(server, address);
  // A later error, such as too many open files at accept, is no reason to end.
  server.on('error', (error) => log.error({ error }, 'cannot accept connections'));
  return {
    port,
    replace: (pair) => server.setSecureContext(contextFor({ ...options, pair })),
    [Symbol.dispose]: () => void server.close(),
  };
}

function contextFor({ versions, pair, clientAuthorities }: TlsListenerOptions): TlsOptions {
  return {
    ...versions,
    cert: pair.certificatePem,
    key: pair.privateKeyPem,
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
  };
}

function problemOf(socket: TLSSocket, certificate: PeerCertificate): string | undefined {
  if (socket.alpnProtocol !== 'h2') return 'the client does not offer HTTP/2 (ALPN h2)';
  const isShown = Object.keys(certificate).length > 0;
  if (socket.authorized || !isShown) return undefined;
  // Node has the code of the problem here, not an Error.
  return `the client certificate does not verify: ${messageOf(socket.authorizationError)}`;
}

async function listen(
  server: ReturnType<typeof createServer>,
  { host, port }: TlsListenerOptions['address'],
): Promise<number> {
  try {
    server.listen({ port, ...(host === undefined ? {} : { host }) });
    await once(server, 'listening');
  } catch (cause) {
    throw new ConfigError([`cannot listen on ${host ?? '*'}:${port} (server_bind_port): ${messageOf(cause)}`], {
      cause,
    });
  }
  const address = server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}
