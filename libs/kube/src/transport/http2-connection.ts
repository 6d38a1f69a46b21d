import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { CLOSED, type Connection, RequestFailure, type WireRequest, type WireResponse } from './wire.ts';

// A dead peer is noticed after at most twice the interval and the time-out: 30 s.
const HEALTH_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 10_000;
const SETTINGS_TIMEOUT_MS = 10_000;
// What may be under way to us: without it, a list would wait for a round trip per 64 KiB.
const STREAM_WINDOW_BYTES = 2 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;
const LARGEST_FRAME_BYTES = 256 * 1024;

/** One HTTP/2 session. It keeps the process alive only while requests are open. */
export class Http2Connection implements Connection {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #open = new Set<ClientHttp2Stream>();
  readonly #streaming = new Set<ClientHttp2Stream>();
  readonly #retired = new WeakSet<ClientHttp2Stream>();
  readonly #errors = new WeakMap<ClientHttp2Stream, Error>();
  #failure: Error | undefined;
  #bytesSeen = 0;
  #restedAtMs = Infinity;
  #stopHealthChecks: (() => void) | undefined;

  private constructor(session: ClientHttp2Session, socket: Socket, clock: Clock) {
    this.#session = session;
    this.#socket = socket;
    this.#clock = clock;
    session.on('error', (error: Error) => (this.#failure = error));
    session.on('close', () => this.#stopHealthChecks?.());
  }

  /**
   * Takes over a connected socket and waits for the server's settings: a server that refuses the client certificate says so only now
   * (RFC 8446 4.4.2.4).
   */
  static open(socket: Socket, { server, clock }: { server: URL; clock: Clock }): Promise<Http2Connection> {
    const session = connect(server.origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES, maxFrameSize: LARGEST_FRAME_BYTES },
    });
    const connection = new Http2Connection(session, socket, clock);
    return new Promise((resolve, reject) => {
      const cancel = clock.schedule(SETTINGS_TIMEOUT_MS, () => {
        connection.destroy(new Error(`no HTTP/2 settings within ${SETTINGS_TIMEOUT_MS} ms`));
      });
      // An alert of TLS 1.3 after the handshake is an error of the socket that neither closes it nor reaches the session.
      socket.once('error', (error) => connection.destroy(error));
      session.once('connect', () => {
        if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
      });
      session.once('remoteSettings', () => {
        cancel();
        session.unref();
        resolve(connection);
      });
      session.once('close', () => {
        cancel();
        reject(connection.#failure ?? new Error('the server closed the connection'));
      });
    });
  }

  isGone(): boolean {
    return this.#session.destroyed;
  }

  hasRoom(): boolean {
    const { closed, destroyed, remoteSettings } = this.#session;
    return !closed && !destroyed && this.#open.size < (remoteSettings.maxConcurrentStreams ?? Infinity);
  }

  send(request: WireRequest): Promise<WireResponse> {
    const { signal } = request;
    return new Promise((resolve, reject) => {
      const stream = this.#request(request);
      const abort = (): void => {
        reject(signal.reason as Error);
        stream.close(constants.NGHTTP2_CANCEL);
        stream.destroy();
      };
      signal.addEventListener('abort', abort, { once: true });
      stream.on('error', (error) => this.#errors.set(stream, error));
      stream.once('response', (headers) => resolve(this.#response(stream, headers)));
      stream.once('close', () => {
        signal.removeEventListener('abort', abort);
        // Without effect once there was a response.
        reject(new RequestFailure(this.#isRefused(stream) ? 'refused' : 'broken', this.#causeOf(stream)));
      });
      if (request.body !== undefined) stream.end(request.body);
    });
  }

  retire(): void {
    for (const stream of this.#streaming) {
      this.#retired.add(stream);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    this.#session.close();
  }

  destroy(reason: Error): void {
    this.#session.destroy(reason);
    // The session would wait for its farewell to be written.
    this.#socket.destroy();
  }

  #request({ method, path, headers, body, streaming }: WireRequest): ClientHttp2Stream {
    const stream = this.#openStream({ ...headers, ':method': method, ':path': path }, body === undefined);
    if (streaming) this.#streaming.add(stream);
    this.#open.add(stream);
    stream.once('close', () => {
      this.#open.delete(stream);
      this.#streaming.delete(stream);
      if (this.#open.size === 0) this.#rest();
    });
    if (this.#open.size === 1) this.#wake();
    return stream;
  }

  #openStream(headers: Record<string, string | string[]>, endStream: boolean): ClientHttp2Stream {
    try {
      return this.#session.request(headers, { endStream });
    } catch (error) {
      throw new RequestFailure('refused', error); // closed since `hasRoom`
    }
  }

  #isRefused(stream: ClientHttp2Stream): boolean {
    return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM || this.#retired.has(stream);
  }

  #response(
    stream: ClientHttp2Stream,
    headers: IncomingHttpHeaders & { readonly ':status'?: number | undefined },
  ): WireResponse {
    return {
      status: headers[':status'] ?? 0,
      headers,
      body: stream,
      outcome: () => {
        if (this.#retired.has(stream)) return 'retired';
        const isWhole = stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted && !this.#errors.has(stream);
        return isWhole ? 'complete' : 'broken';
      },
      cause: () => this.#causeOf(stream),
    };
  }

  #causeOf(stream: ClientHttp2Stream): Error {
    return this.#failure ?? this.#errors.get(stream) ?? CLOSED;
  }

  #wake(): void {
    if (this.#session.destroyed) return;
    this.#session.ref();
    // It may have died unnoticed while nothing was sent.
    if (this.#clock.now().getTime() - this.#restedAtMs > HEALTH_INTERVAL_MS) this.#ping();
    this.#scheduleHealthCheck();
  }

  #rest(): void {
    this.#stopHealthChecks?.();
    this.#stopHealthChecks = undefined;
    this.#restedAtMs = this.#clock.now().getTime();
    if (!this.#session.destroyed) this.#session.unref();
  }

  #scheduleHealthCheck(): void {
    this.#stopHealthChecks = this.#clock.schedule(
      HEALTH_INTERVAL_MS,
      () => {
        const { bytesRead } = this.#socket;
        if (bytesRead === this.#bytesSeen) this.#ping();
        this.#bytesSeen = bytesRead;
        this.#scheduleHealthCheck();
      },
      { background: true },
    );
  }

  #ping(): void {
    if (this.#session.destroyed) return;
    const cancel = this.#clock.schedule(
      PING_TIMEOUT_MS,
      () => this.destroy(new Error(`the server did not answer a ping within ${PING_TIMEOUT_MS} ms`)),
      { background: true },
    );
    this.#session.ping(cancel);
  }
}
