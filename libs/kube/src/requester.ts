import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Clock } from './clock.ts';
import { KubeError } from './error.ts';
import type { Credentials } from './kubeconfig/credentials.ts';
import { type Endpoint, sameConnection } from './kubeconfig/endpoint.ts';
import type { KubeMetrics } from './metrics.ts';
import { abortable } from './transport/abortable.ts';
import { chunksOf } from './transport/body.ts';
import { createRequestDeadline, type RequestDeadline } from './transport/request-deadline.ts';
import { errorOfFailure } from './transport/failure-error.ts';
import type { RequestGate, RequestLane } from './transport/request-gate.ts';
import { Transport } from './transport/transport.ts';
import { type Headers, RequestFailure, type WireRequest, type WireResponse } from './transport/wire.ts';
import { retryAfterMs } from './status-error.ts';

const TIMEOUT_MS = 60_000;
const MOST_RETRIES = 5;
const FIRST_RETRY_MS = 1000;
/** Longer delays are left to the caller: nobody wants to hang in a request for that long, five times over. */
const LONGEST_RETRY_MS = 30_000;
const LARGEST_BODY_BYTES = 256 * 1024 * 1024;

export interface ApiRequest {
  /** What is being done to which object, for errors: `patching status of pods "a"`. */
  readonly doing: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers?: Headers;
  readonly body?: string | undefined;
  readonly lane: RequestLane;
  /** Whether to try again, a few times, when the server says 429 or names a Retry-After. */
  readonly retry: boolean;
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: WireResponse['headers'];
  readonly text: string;
}

export interface RequesterOptions {
  readonly credentials: Credentials;
  readonly gate: RequestGate;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly metrics: KubeMetrics | undefined;
}

/**
 * Sends requests to one API server: waits for its turn, obeys Retry-After, uses the credential of the moment, and does once more what a
 * dying connection has left undone. Every status is an answer; the errors are KubeErrors `unavailable` and `untrusted`, and the reason of
 * the signal that fired.
 */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #ended = new AbortController();
  #transport: Transport;

  constructor(options: RequesterOptions) {
    this.#options = options;
    this.#transport = new Transport(options.credentials.endpoint, options.clock);
    options.credentials.watch((endpoint) => this.#follow(endpoint));
  }

  /** The whole answer, within the time-out. */
  exchange(request: ApiRequest): Promise<ApiAnswer> {
    return this.#patiently(request, async () => {
      const deadline = createRequestDeadline([request.signal, this.#ended.signal], this.#options.clock);
      try {
        return await this.#inTurn(request, deadline, (signal) =>
          this.#answered(request, async () => textOf(await this.#send(request, { signal, streaming: false }), signal)),
        );
      } finally {
        deadline.end();
      }
    });
  }

  /** The head of the answer within the time-out; the body comes as long as both sides like. */
  stream(request: ApiRequest): Promise<WireResponse> {
    return this.#patiently(request, async () => {
      const deadline = createRequestDeadline([request.signal, this.#ended.signal], this.#options.clock);
      try {
        const response = await this.#inTurn(request, deadline, (signal) =>
          this.#answered(request, () => this.#send(request, { signal, streaming: true })),
        );
        response.body.once('close', () => deadline.end());
        return response;
      } catch (error) {
        deadline.end();
        throw error;
      }
    });
  }

  /** What is wrong with the credential, if anything can be seen from here. */
  credentialNote(): string | undefined {
    const { certificateExpires } = this.#options.credentials.endpoint;
    if (certificateExpires === undefined || certificateExpires > this.#options.clock.now()) return undefined;
    return `the client certificate expired at ${certificateExpires.toISOString()}`;
  }

  close(reason: unknown): void {
    this.#options.credentials.stop();
    this.#ended.abort(reason);
    this.#transport.destroy(new Error('the client was closed', { cause: reason }));
  }

  /** Repeats what the server has put off. */
  async #patiently<A extends Pick<WireResponse, 'status' | 'headers'> & Partial<Pick<WireResponse, 'body'>>>(
    request: ApiRequest,
    attempt: () => Promise<A>,
  ): Promise<A> {
    const { clock, gate } = this.#options;
    for (let retries = 0; ; retries += 1) {
      const answer = await attempt();
      const waitMs = this.#putOffMs(request.method, answer, retries);
      if (waitMs === undefined) return answer;
      gate.pause(waitMs);
      if (!request.retry || retries === MOST_RETRIES || waitMs > LONGEST_RETRY_MS) return answer;
      answer.body?.destroy(); // unread, it would keep its stream, of which the server allows so many
      await clock.sleep(waitMs, AbortSignal.any([request.signal, this.#ended.signal]));
    }
  }

  /** Up to a quarter more than the server asked for, so that its clients do not come back all at once. */
  #putOffMs(
    method: ApiRequest['method'],
    { status, headers }: Pick<WireResponse, 'status' | 'headers'>,
    retries: number,
  ): number | undefined {
    const { clock, random } = this.#options;
    const askedMs = retryAfterMs(headers, clock.now());
    if (status !== 429 && (askedMs === undefined || status < 500 || method === 'POST')) return undefined;
    return (askedMs ?? FIRST_RETRY_MS * 2 ** retries) * (1 + random() / 4);
  }

  async #inTurn<T>(
    { lane, doing, timeoutMs = TIMEOUT_MS }: ApiRequest,
    deadline: RequestDeadline,
    perform: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const leave = await this.#options.gate.enter(lane, deadline.signal);
    try {
      deadline.start(timeoutMs, () => {
        return new KubeError(`${doing}: no answer within ${timeoutMs} ms`, { code: 'unavailable' });
      });
      return await perform(deadline.signal);
    } finally {
      deadline.stop();
      leave();
    }
  }

  /** Once more on another connection, when the first was lost and a second time does no harm. */
  async #answered<T>({ doing, method }: ApiRequest, perform: () => Promise<T>): Promise<T> {
    const failed = (error: unknown): unknown => {
      if (!(error instanceof RequestFailure)) return error;
      if (this.#ended.signal.aborted) return this.#ended.signal.reason;
      return errorOfFailure(doing, error, this.#transport.endpoint);
    };
    try {
      return await perform();
    } catch (error) {
      if (!(error instanceof RequestFailure) || this.#ended.signal.aborted) throw failed(error);
      if (error.kind === 'unreachable' || (error.kind === 'broken' && method !== 'GET')) throw failed(error);
    }
    return perform().catch((error: unknown) => {
      throw failed(error);
    });
  }

  async #send(request: ApiRequest, how: Pick<WireRequest, 'signal' | 'streaming'>): Promise<WireResponse> {
    const response = await this.#counted(request, how);
    if (response.status !== 401 || !(await abortable(this.#options.credentials.refused(), how.signal))) return response;
    response.body.destroy();
    return this.#counted(request, how);
  }

  async #counted(request: ApiRequest, how: Pick<WireRequest, 'signal' | 'streaming'>): Promise<WireResponse> {
    const { clock, metrics } = this.#options;
    const startMs = clock.now().getTime();
    const report = (code: number | 'error'): void => {
      const seconds = (clock.now().getTime() - startMs) / 1000;
      metrics?.request({ verb: request.method, code, host: this.#transport.endpoint.url.host, seconds });
    };
    try {
      const response = await this.#transport.send(this.#wire(request, how));
      report(response.status);
      return response;
    } catch (error) {
      report('error');
      throw error;
    }
  }

  #wire({ method, path, headers, body }: ApiRequest, how: Pick<WireRequest, 'signal' | 'streaming'>): WireRequest {
    const { credentials, userAgent } = this.#options;
    const fixed = { 'user-agent': userAgent, accept: 'application/json', ...credentials.endpoint.headers };
    return { method, path, body, headers: { ...fixed, ...headers }, ...how };
  }

  #follow(endpoint: Endpoint): void {
    if (sameConnection(endpoint, this.#transport.endpoint)) return;
    const old = this.#transport;
    this.#transport = new Transport(endpoint, this.#options.clock);
    old.retire();
  }
}

async function textOf(response: WireResponse, signal: AbortSignal): Promise<ApiAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunksOf(response.body)) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) {
      throw new KubeError(`the answer is larger than ${LARGEST_BODY_BYTES} bytes`, { code: 'unavailable' });
    }
    chunks.push(chunk);
  }
  signal.throwIfAborted();
  if (response.outcome() !== 'complete') throw new RequestFailure('broken', response.cause());
  const body = Buffer.concat(chunks, size);
  const text = response.headers['content-encoding'] === 'gzip' ? await unzipped(body) : body;
  return { status: response.status, headers: response.headers, text: text.toString() };
}

/** In the thread pool, unlike TLS: reading a compressed list costs the event loop a third of what reading it plain does. */
async function unzipped(body: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(body, { maxOutputLength: LARGEST_BODY_BYTES });
  } catch (error) {
    throw new RequestFailure('broken', error);
  }
}
