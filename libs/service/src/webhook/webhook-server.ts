import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '@ocm/kube';
import { isError } from '../error-facts.ts';
import type { Logger } from '../logger.ts';
import { type Listener, openServer, type ServerTls } from '../serving/open-server.ts';
import type { ListenAddress } from '../serving/listen-address.ts';
import {
  type AdmissionRequest,
  type AdmissionVerdict,
  decodeAdmissionReview,
  encodeAdmissionReview,
} from './admission-review.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

/**
 * Decides about one request. What it throws refuses the request with 500 and is logged, not shown.
 *
 * @param text the whole review as it was received, for rules about how something is written
 */
export type AdmissionHandler = (
  request: AdmissionRequest,
  signal: AbortSignal,
  text: string,
) => AdmissionVerdict | Promise<AdmissionVerdict>;

/** The body of a POST. */
export interface WebhookBody {
  readonly text: string;
  readonly json: unknown;
}

/** The answer to the JSON body of a POST: a review of any kind. */
export type WebhookHandler = (body: WebhookBody, signal: AbortSignal) => Promise<WebhookAnswer>;

export interface WebhookAnswer {
  readonly status: 200 | 400;
  readonly body: object;
}

export interface WebhookServerOptions {
  readonly address: ListenAddress;
  readonly tls: ServerTls;
  /** By path. */
  readonly routes: Readonly<Record<string, WebhookHandler>>;
  readonly metrics: WebhookMetrics;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An update carries two objects, each at most what etcd takes; the reference reads no more than this either. */
const BODY_LIMIT_BYTES = 7 * 1024 * 1024;

/** The API server waits 10 s for our webhooks (registration 22); whatever it says, nothing runs longer than 30 s. */
const DEFAULT_TIMEOUT_MS = 10_000;
const LONGEST_TIMEOUT_MS = 30_000;

const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than the 90 s after which the API server drops an idle connection: whoever hangs up first risks a lost request.
  keepAliveTimeout: 120_000,
  maxConnections: 1000,
} as const;

/**
 * Serves webhooks over HTTPS. Every failure is an answer that refuses, so a broken webhook never lets anything through.
 *
 * @throws ConfigError when the address cannot be used or the certificate cannot be loaded
 */
export async function serveWebhooks(options: WebhookServerOptions): Promise<Listener> {
  const { routes, log, metrics } = options;
  const closing = new AbortController();
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES });
  keepText(app);
  measure(app, metrics, Object.keys(routes));
  for (const [path, handler] of Object.entries(routes)) {
    app.post<{ Body: WebhookBody }>(path, async (request, reply) => {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutOf(request.url))]);
      const { status, body } = await handler(request.body, signal);
      return reply.code(status).send(body);
    });
  }
  app.setErrorHandler((error, request, reply) => refuse(error, { request, reply, log }));
  await app.ready();
  const listener = await openServer({
    ...options,
    limits: LIMITS,
    onRequest: (request, response) => app.routing(request, response),
  });
  const close = async (): Promise<void> => {
    // Requests under way get the listener's grace: to cut them off would refuse what users ask for at each roll-out.
    await listener.close();
    closing.abort();
    await app.close();
  };
  return { port: listener.port, close, [Symbol.asyncDispose]: close };
}

/** A route for admission: reads the AdmissionReview, asks the handler, answers in the version that asked (registration 22, work 15). */
export function admissionWebhook(handler: AdmissionHandler, { log }: { readonly log: Logger }): WebhookHandler {
  return async ({ json, text }, signal) => {
    const decoded = decodeAdmissionReview(json);
    if (decoded.kind === 'malformed') return { status: 400, body: { message: decoded.problem } };
    const { review } = decoded;
    try {
      return { status: 200, body: encodeAdmissionReview(review, await handler(review.request, signal, text)) };
    } catch (error) {
      const { operation, namespace, name, resource } = review.request;
      log.error({ operation, resource: resource.resource, namespace, name, error }, 'admission webhook failed');
      return { status: 200, body: encodeFailure(review) };
    }
  };
}

function encodeFailure({
  apiVersion,
  request,
}: {
  readonly apiVersion: string;
  readonly request: AdmissionRequest;
}): object {
  const status = { status: 'Failure', code: 500, reason: 'InternalError', message: 'internal error', metadata: {} };
  return { apiVersion, kind: 'AdmissionReview', response: { uid: request.uid, allowed: false, status } };
}

/** Parses JSON as everybody does, and keeps the text. Keys such as `__proto__` are data like any other: nothing is copied by key. */
function keepText(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, { text, json: JSON.parse(text) as unknown } satisfies WebhookBody);
    } catch (error) {
      done(Object.assign(new Error(`the body is not JSON: ${String(error)}`), { statusCode: 400 }));
    }
  });
}

function measure(app: FastifyInstance, metrics: WebhookMetrics, paths: readonly string[]): void {
  const running = new WeakMap<FastifyRequest, (status: number) => void>();
  app.addHook('onRequest', (request, _reply, next) => {
    const path = request.routeOptions.url;
    if (path !== undefined && paths.includes(path)) running.set(request, metrics.begin(path));
    next();
  });
  app.addHook('onResponse', (request, reply, next) => {
    running.get(request)?.(reply.statusCode);
    next();
  });
}

/** The body was too large, not JSON, or something broke: an HTTP error, which the API server counts as a failed call. */
function refuse(
  error: unknown,
  { request, reply, log }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly log: Logger },
): FastifyReply {
  const status =
    isError(error) && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status >= 500) log.error({ path: request.url, error }, 'webhook failed');
  else log.warn({ path: request.url, error }, 'webhook request refused');
  const message = status >= 500 || !isError(error) ? 'internal error' : error.message;
  return reply.code(status).send({ message });
}

/** The API server says how long it will wait: `?timeout=10s`. */
function timeoutOf(url: string): number {
  const [, seconds] = /[?&]timeout=(\d{1,3})s(?:&|$)/.exec(url) ?? [];
  return seconds === undefined || seconds === '0'
    ? DEFAULT_TIMEOUT_MS
    : Math.min(Number(seconds) * 1000, LONGEST_TIMEOUT_MS);
}
