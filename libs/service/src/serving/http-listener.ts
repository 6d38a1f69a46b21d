import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Listener, openServer, type ServerOptions } from './open-server.ts';

/** A request without a body. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

/** What is sent back, as text. */
export interface PlainAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ListenerOptions extends Pick<ServerOptions, 'address' | 'tls' | 'clock' | 'log'> {
  /** `signal` fires when the listener closes. */
  readonly answer: (request: PlainRequest, signal: AbortSignal) => Promise<PlainAnswer>;
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
 * Serves small GET requests, as those for health and metrics.
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
  { answer, log }: ListenerOptions,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  signal: AbortSignal,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const { path, query } = splitUrl(url);
  const {
    status,
    body,
    headers: extra,
  } = await answer({ method, path, query, authorization: headers.authorization }, signal).catch(
    (error: unknown): PlainAnswer => {
      log.error({ path, error }, 'request failed');
      return { status: 500, body: 'internal error\n' };
    },
  );
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...extra,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const at = url.indexOf('?');
  return at === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}
