import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type Listener, openServer, type ServerOptions } from './open-server.ts';

/** A request without a body. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

/** A request with everything that came with it. */
export interface FullRequest extends PlainRequest {
  /** All values of each header, by name in lower case. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** What the client has shown to be its own; only where the server asks for it (`ServerTls.clientAuthorities`). */
  readonly clientCertificate: ClientCertificate | undefined;
  /** Reads the body; once at most. What is beyond the limit is not kept. */
  readonly readBody: (limitBytes: number) => Promise<BodyRead>;
}

/** A certificate whose key the client has. `isTrusted`: one of the server's client authorities vouches for it, here and now. */
export interface ClientCertificate {
  readonly certificate: X509Certificate;
  readonly isTrusted: boolean;
}

/** `failed`: the client broke off. */
export type BodyRead =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What is sent back, as text. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ListenerOptions extends Pick<ServerOptions, 'address' | 'tls' | 'clock' | 'log'> {
  /** `signal` fires when the listener closes. */
  readonly answer: (request: FullRequest, signal: AbortSignal) => Promise<PlainAnswer>;
}

// Probes and scrapers are few and small.
const LIMITS = {
  maxHeaderSize: 32_768, // a bearer token may have many groups
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  maxConnections: 128,
} as const;

/**
 * Serves small requests, as those for health and metrics.
 *
 * @throws ConfigError when the address cannot be used or the certificate cannot be loaded
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const closing = new AbortController();
  const listener = await openServer({
    ...options,
    limits: LIMITS,
    onRequest: (request, response) => void respond(options, { request, response }, closing.signal),
  });
  const close = (): Promise<void> => {
    closing.abort();
    return listener.close();
  };
  return { port: listener.port, close, [Symbol.asyncDispose]: close };
}

async function respond(
  { answer, clock, log }: ListenerOptions,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  signal: AbortSignal,
): Promise<void> {
  const received = fullRequest(request, clock.now());
  const {
    status,
    body,
    headers: extra,
  } = await answer(received, signal).catch((error: unknown): PlainAnswer => {
    log.error({ path: received.path, error }, 'request failed');
    return { status: 500, body: 'internal error\n' };
  });
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...extra,
  });
  response.end(received.method === 'HEAD' ? undefined : body);
}

function fullRequest(request: IncomingMessage, now: Date): FullRequest {
  const { method = 'GET', url = '/', headers, headersDistinct, socket } = request;
  return {
    method,
    ...splitUrl(url),
    authorization: headers.authorization,
    headers: headersDistinct,
    clientCertificate: socket instanceof TLSSocket ? clientCertificate(socket, now) : undefined,
    readBody: (limitBytes) => readBody(request, limitBytes),
  };
}

/** TLS has judged it when the connection was opened; since then it may have expired. */
function clientCertificate(socket: TLSSocket, now: Date): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate && { certificate, isTrusted: socket.authorized && now <= certificate.validToDate };
}

async function readBody(request: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Leaving the loop must not destroy the socket: the answer still has to go through it.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limitBytes) return { kind: 'too-large' };
      chunks.push(chunk);
    }
  } catch (error) {
    return { kind: 'failed', error };
  }
  return { kind: 'read', text: Buffer.concat(chunks).toString() };
}

function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  return at === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}
