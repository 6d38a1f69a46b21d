import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { Clock } from '@ocm/kube';
import type { KeyAndCertificate } from '@ocm/pki';
import { ConfigError } from '../config-error.ts';
import { errorCode } from '../error-facts.ts';
import type { Logger } from '../logger.ts';
import type { ListenAddress } from './listen-address.ts';
import { type CertificateSource, followServingCertificate, loadServingCertificate } from './serving-certificate.ts';
import type { TlsSettings } from './tls-settings.ts';

/** What keeps a stranger from holding memory or sockets; times in milliseconds. */
export interface ServerLimits {
  readonly maxHeaderSize: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly maxConnections: number;
}

/** How a server shows who it is. */
export interface ServerTls {
  readonly settings: TlsSettings;
  readonly certificate: Pick<CertificateSource, 'directory' | 'whenAbsent' | 'intervalMs'>;
  /** With it clients are asked for a certificate. Those without one, or with one of somebody else, are let in all the same: the answer decides. */
  readonly clientAuthorities?: ClientAuthorities;
}

/** Whose client certificates are trusted, as of now. */
export interface ClientAuthorities {
  /** Certificates in PEM; none trust nobody. */
  current(): readonly string[];
  /** Calls back when they have changed. Returns how to end that. */
  onChange(listener: () => void): () => void;
}

export interface ServerOptions {
  readonly address: ListenAddress;
  /** Absent means plain HTTP. */
  readonly tls?: ServerTls;
  readonly limits: ServerLimits;
  readonly onRequest: RequestListener;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A server that answers until it is closed. */
export interface Listener extends AsyncDisposable {
  /** The port in use, also when the system chose it. */
  readonly port: number;
  /** Stops accepting, lets requests under way finish for a moment, then cuts them. Resolves when nothing is left. */
  close(): Promise<void>;
}

const CLOSING_GRACE_MS = 2000;

/**
 * Serves HTTP/1.1; with TLS the certificate is replaced without a restart when its files change.
 *
 * @throws ConfigError when the address cannot be used or the certificate cannot be loaded
 */
export async function openServer(options: ServerOptions): Promise<Listener> {
  const { address, clock, limits } = options;
  const closing = new AbortController();
  const { server, follow } = await createServer(options, closing.signal);
  server.maxConnections = limits.maxConnections;
  const port = await listen(server, address);
  const following = follow();
  const close = async (): Promise<void> => {
    closing.abort();
    await Promise.all([closeServer(server, clock), following]);
  };
  return { port, close, [Symbol.asyncDispose]: close };
}

interface CreatedServer {
  readonly server: HttpServer | HttpsServer;
  /** Starts the loop that reloads the certificate; resolves at its end. */
  readonly follow: () => Promise<void>;
}

async function createServer(
  { tls, limits, onRequest, clock, log }: ServerOptions,
  signal: AbortSignal,
): Promise<CreatedServer> {
  if (tls === undefined) return { server: createHttpServer(limits, onRequest), follow: () => Promise.resolve() };
  const source = { ...tls.certificate, clock, log };
  const served = await loadServingCertificate(source);
  let pair = served;
  const asks = tls.clientAuthorities === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  const server = createHttpsServer(
    { ...limits, ...secureContext(tls, pair), ...asks, ALPNProtocols: ['http/1.1'] },
    onRequest,
  );
  const renew = (): void => server.setSecureContext(secureContext(tls, pair));
  const replace = (next: KeyAndCertificate): void => {
    pair = next;
    renew();
  };
  const unsubscribe = tls.clientAuthorities?.onChange(renew);
  signal.addEventListener('abort', () => unsubscribe?.(), { once: true });
  return { server, follow: () => followServingCertificate(source, { served, replace }, signal) };
}

function secureContext(
  { settings, clientAuthorities }: ServerTls,
  { certificatePem, privateKeyPem }: KeyAndCertificate,
): object {
  // An empty list trusts nobody; without a list Node trusts every public authority.
  const trusts = clientAuthorities === undefined ? {} : { ca: [...clientAuthorities.current()] };
  return { ...settings, ...trusts, cert: certificatePem, key: privateKeyPem };
}

async function listen(server: HttpServer | HttpsServer, { host, port }: ListenAddress): Promise<number> {
  try {
    server.listen({ port, ...(host === undefined ? {} : { host }) });
    await once(server, 'listening');
  } catch (cause) {
    const where = `${host ?? '*'}:${port}`;
    const inUse = errorCode(cause) === 'EADDRINUSE';
    throw new ConfigError([`cannot listen on ${where}${inUse ? ': another process does already' : ''}`], { cause });
  }
  const address = server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}

async function closeServer(server: HttpServer | HttpsServer, clock: Clock): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const cancel = clock.schedule(CLOSING_GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
}
