import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CLOSED, type Connection, RequestFailure, type WireRequest, type WireResponse } from './wire.ts';

/** Keep-alive connections of HTTP/1.1, one per request at a time: for servers and proxies without HTTP/2. */
export class Http1Connections implements Connection {
  readonly #agent: SocketAgent;
  readonly #host: string;
  readonly #streaming = new Set<IncomingMessage>();
  readonly #retired = new WeakSet<IncomingMessage>();
  #closed = false;

  /** @param open dials another connection; its error is the request's */
  constructor(server: URL, open: () => Promise<Socket>) {
    this.#host = server.host;
    this.#agent = new SocketAgent(open);
  }

  isGone(): boolean {
    return this.#closed;
  }

  hasRoom(): boolean {
    return !this.#closed;
  }

  send(wire: WireRequest): Promise<WireResponse> {
    const { method, path, headers, body, signal } = wire;
    return new Promise((resolve, reject) => {
      const sent = httpRequest({
        agent: this.#agent,
        method,
        path,
        headers: { ...headers, host: this.#host },
      });
      const abort = (): void => {
        reject(signal.reason as Error);
        sent.destroy();
      };
      signal.addEventListener('abort', abort, { once: true });
      sent.on('error', (error) =>
        reject(error instanceof RequestFailure ? error : new RequestFailure('broken', error)),
      );
      sent.once('response', (message) => resolve(this.#response(message, wire.streaming)));
      sent.once('close', () => signal.removeEventListener('abort', abort));
      sent.end(body);
    });
  }

  retire(): void {
    this.#closed = true;
    for (const message of this.#streaming) {
      this.#retired.add(message);
      message.destroy();
    }
    this.#agent.closeWhenIdle();
  }

  destroy(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  #response(message: IncomingMessage, streaming: boolean): WireResponse {
    if (streaming) {
      this.#streaming.add(message);
      message.once('close', () => this.#streaming.delete(message));
    }
    return {
      status: message.statusCode ?? 0,
      headers: message.headers,
      body: message,
      outcome: () => {
        if (this.#retired.has(message)) return 'retired';
        return message.complete ? 'complete' : 'broken';
      },
      cause: () => message.errored ?? CLOSED,
    };
  }
}

class SocketAgent extends Agent {
  readonly #open: () => Promise<Socket>;

  constructor(open: () => Promise<Socket>) {
    super({ keepAlive: true });
    this.#open = open;
  }

  override createConnection(_options: unknown, done: (error: Error | null, socket: Duplex) => void): undefined {
    void this.#hand(done);
  }

  async #hand(done: (error: Error | null, socket: Duplex) => void): Promise<void> {
    try {
      done(null, await this.#open());
    } catch (error) {
      // The declared type asks for a socket even with an error.
      done(new RequestFailure('unreachable', error), undefined as unknown as Duplex);
    }
  }

  closeWhenIdle(): void {
    this.maxFreeSockets = 0;
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}
