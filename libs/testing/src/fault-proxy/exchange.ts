import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { once } from 'node:events';
import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import type { Client } from './clients.ts';
import type { RequestInfo } from './request-info.ts';
import type { UpstreamAnswer } from './upstream.ts';
import type { WatchStream } from './watch-stream.ts';

export type ProxyRequest = IncomingMessage | Http2ServerRequest;
export type ProxyResponse = ServerResponse | Http2ServerResponse;

/** One request on its way, and what will be answered. */
export interface Exchange {
  readonly info: RequestInfo;
  readonly request: ProxyRequest;
  readonly response: ProxyResponse;
  readonly client: Client;
  /** Headers that tell the API server who the client is by its certificate; undefined for bearer tokens. */
  readonly identity: OutgoingHttpHeaders | undefined;
  /** Fires when the client has gone. */
  readonly signal: AbortSignal;
  readonly recorded: { status: number | undefined };
}

// Of one connection and not of the message (RFC 9110 7.6.1), or made anew on the other side.
const NOT_FORWARDED = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Sends the request to the API server; `over` replaces parts of it. */
export function forward(
  { request, info, client, identity, signal }: Exchange,
  over: { readonly path?: string; readonly headers?: OutgoingHttpHeaders } = {},
): Promise<UpstreamAnswer> {
  const method = request.method ?? 'GET';
  return client.upstream(identity === undefined ? 'plain' : 'front-proxy').send({
    method,
    path: over.path ?? info.path,
    headers: { ...forwarded(request.headers), ...identity, ...over.headers },
    body: method === 'GET' || method === 'HEAD' ? undefined : request,
    signal,
  });
}

/**
 * Passes an answer on to the client as it comes, a watch's through its stream, and returns when it has ended.
 *
 * @throws Error when the API server's connection breaks in the middle, or the client leaves
 */
export async function relay(exchange: Exchange, answer: UpstreamAnswer, watch?: WatchStream): Promise<void> {
  const { response, signal } = exchange;
  head(exchange, answer.status, forwarded(answer.headers));
  // A watch's first event can be a long time off, while the client already waits for the status.
  if (!('stream' in response)) response.flushHeaders();
  const source = watch === undefined ? answer.body : pipeline(answer.body, watch, () => undefined);
  const sink = response as ServerResponse;
  for await (const chunk of addAbortSignal(signal, source)) {
    if (!sink.write(chunk)) await once(sink, 'drain', { signal });
  }
  if (watch?.isSpoilt !== true && !answer.isComplete()) throw new Error('the API server broke off in the middle');
  sink.end();
}

/** Answers with JSON, without asking anybody. */
export function answerJson(
  exchange: Exchange,
  {
    status,
    body,
    headers,
  }: { readonly status: number; readonly body: unknown; readonly headers?: OutgoingHttpHeaders },
): void {
  head(exchange, status, { 'content-type': 'application/json', ...headers });
  (exchange.response as ServerResponse).end(JSON.stringify(body));
}

export async function readJson(body: Readable): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

function head({ response, recorded }: Exchange, status: number, headers: OutgoingHttpHeaders): void {
  recorded.status = status;
  (response as ServerResponse).writeHead(status, headers);
}

function forwarded(headers: NodeJS.Dict<string | string[]>): OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !name.startsWith(':') && !name.startsWith('x-remote-') && !NOT_FORWARDED.has(name),
    ),
  );
}
