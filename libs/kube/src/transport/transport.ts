import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { Endpoint } from '../kubeconfig/endpoint.ts';
import { abortable } from './abortable.ts';
import { type Dialed, dial } from './dial.ts';
import { Http1Connections } from './http1-connections.ts';
import { Http2Connection } from './http2-connection.ts';
import { type Connection, RequestFailure, type WireRequest, type WireResponse } from './wire.ts';

// For one request: more than one when many wait for the same connection and all its streams are taken.
const MOST_OPENED = 5;

/**
 * The connections to one endpoint: as a rule a single HTTP/2 session; another one when the server's limit of streams is reached or the
 * first is being closed; a pool of HTTP/1.1 connections when the server has no HTTP/2.
 */
export class Transport {
  readonly endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #basePath: string;
  #connections: readonly Connection[] = [];
  #opening: Promise<void> | undefined;
  #retired = false;

  constructor(endpoint: Endpoint, clock: Clock) {
    this.endpoint = endpoint;
    this.#clock = clock;
    this.#basePath = endpoint.url.pathname.replace(/\/+$/, '');
  }

  /** @throws RequestFailure, or the signal's reason */
  async send(request: WireRequest): Promise<WireResponse> {
    for (let opened = 0; opened <= MOST_OPENED; opened += 1) {
      request.signal.throwIfAborted(); // a connection only hears of what fires from now on
      // No waiting between finding room and taking it.
      const free = this.#connections.find((connection) => connection.hasRoom());
      if (free !== undefined) return this.#sendBy(free, request);
      this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
      await abortable(this.#opening, request.signal);
    }
    throw new RequestFailure('refused', new Error('every connection was closed or full at once'));
  }

  /** Ends streaming answers; what else is under way comes to its end. */
  retire(): void {
    this.#retired = true;
    for (const connection of this.#connections) connection.retire();
    this.#connections = [];
  }

  destroy(reason: Error): void {
    this.#ended.abort(reason);
    for (const connection of this.#connections) connection.destroy(reason);
    this.#connections = [];
  }

  #sendBy(connection: Connection, request: WireRequest): Promise<WireResponse> {
    const answer = connection.send({ ...request, path: this.#basePath + request.path });
    if (this.#retired) connection.retire();
    return answer;
  }

  async #open(): Promise<void> {
    const { signal } = this.#ended;
    try {
      signal.throwIfAborted();
      const connection = await this.#speak(await dial(this.endpoint, ['h2', 'http/1.1'], signal));
      if (signal.aborted) connection.destroy(signal.reason as Error);
      signal.throwIfAborted();
      this.#connections = [...this.#connections.filter((known) => !known.isGone()), connection];
    } catch (error) {
      throw new RequestFailure('unreachable', error);
    }
  }

  #speak({ socket, protocol }: Dialed): Promise<Connection> | Connection {
    const server = this.endpoint.url;
    if (protocol === 'h2') return Http2Connection.open(socket, { server, clock: this.#clock });
    let first: Socket | undefined = socket;
    return new Http1Connections(server, async () => {
      const ready = first;
      first = undefined;
      if (ready !== undefined && !ready.destroyed) return ready;
      return (await dial(this.endpoint, ['http/1.1'], this.#ended.signal)).socket;
    });
  }
}
