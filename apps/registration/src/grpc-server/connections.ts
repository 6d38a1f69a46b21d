import type { Clock, Logger } from '@ocm/kube';
import type { GrpcMetrics } from './grpc-metrics.ts';

const LOOK_EVERY_MS = 250;
/** What comes with each request beside its message: headers and frames. */
const CALL_OVERHEAD_BYTES = 1024;
/** What grpc-js and Node hold for a call that has begun, before anything of its message has come: of its headers hardly a byte may be left by compression. */
const BEGUN_CALL_BYTES = 8 * 1024;
/** What comes without any request, such as pings: a connection is forgiven so much in the time between two looks. */
const IDLE_OVERHEAD_BYTES = 256;
/** A client confirms what it has received (WINDOW_UPDATE): one byte, at most, for so many. */
const SENT_PER_CONFIRMATION_BYTE = 1024;

/** What is needed of a TLS socket. */
export interface ConnectionSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  once(event: 'close', listener: () => void): unknown;
  destroy(): unknown;
}

/** What tells a connection of this server from those of others. */
export type ConnectionEnds = Pick<ConnectionSocket, 'remoteAddress' | 'remotePort' | 'localPort'>;

interface Connection {
  readonly socket: ConnectionSocket;
  /** Of the bytes that came, those that are complete requests, or what comes with them. */
  settledBytes: number;
  /** Of the bytes that were sent to it, those whose confirmations are forgiven. */
  confirmedBytes: number;
  /** HTTP/2 streams that are open. */
  openStreams: number;
  /** Of these, calls whose request is complete. */
  settledCalls: number;
}

export interface ConnectionsOptions {
  readonly metrics: Pick<GrpcMetrics, 'connected' | 'disconnected'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** What all requests that have begun to arrive and are not complete may hold together. */
  readonly mostUnfinishedBytes: number;
  /** Ends the looking. */
  readonly signal: AbortSignal;
}

/**
 * The connections that are open. grpc-js keeps each request in memory until it is complete, however many there are and whoever sends them; so
 * what is incomplete is added up, and when it is too much the connections that hold most of it are cut.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  /** By the address of the client, as grpc-js writes it: `address:port`. */
  readonly #open = new Map<string, Connection>();
  #whenNone: (() => void) | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#look();
  }

  add(socket: ConnectionSocket): void {
    const { metrics } = this.#options;
    const addresses = { remote: remoteOf(socket), local: `${socket.localAddress}:${socket.localPort}` };
    const connection = { socket, settledBytes: 0, confirmedBytes: 0, openStreams: 0, settledCalls: 0 };
    this.#open.set(addresses.remote, connection);
    metrics.connected(addresses);
    socket.once('close', () => {
      if (this.#open.get(addresses.remote) === connection) this.#open.delete(addresses.remote);
      metrics.disconnected(addresses);
      if (this.#open.size === 0) this.#whenNone?.();
    });
  }

  /** A client has begun a call. Returns what to call when its stream is closed, or `undefined` when the connection is none of these. */
  begin(ends: ConnectionEnds): (() => void) | undefined {
    const connection = this.#open.get(remoteOf(ends));
    if (connection === undefined || connection.socket.localPort !== ends.localPort) return undefined;
    connection.openStreams += 1;
    return () => {
      connection.openStreams -= 1;
    };
  }

  /** A request of this client is complete. Returns what to call when its call is over. */
  settle(peer: string, messageBytes: number): () => void {
    const connection = this.#open.get(peer);
    if (connection === undefined) return () => undefined;
    forgive(connection, messageBytes + CALL_OVERHEAD_BYTES);
    connection.settledCalls += 1;
    return () => {
      connection.settledCalls -= 1;
    };
  }

  cut(peer: string): void {
    this.#open.get(peer)?.socket.destroy();
  }

  cutAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  /** Resolves when none is left, or time is over. */
  async ended(withinMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    const none = new AbortController();
    this.#whenNone = (): void => none.abort();
    await this.#options.clock.sleep(withinMs, none.signal);
  }

  #look(): void {
    const { clock, signal } = this.#options;
    if (signal.aborted) return;
    this.#limitUnfinished();
    const cancel = clock.schedule(
      LOOK_EVERY_MS,
      () => {
        signal.removeEventListener('abort', cancel);
        this.#look();
      },
      { background: true },
    );
    signal.addEventListener('abort', cancel, { once: true });
  }

  #limitUnfinished(): void {
    const { mostUnfinishedBytes, log } = this.#options;
    let total = 0;
    for (const connection of this.#open.values()) {
      forgiveOverhead(connection);
      total += unfinishedBytes(connection);
    }
    if (total <= mostUnfinishedBytes) return;
    const byBytes = [...this.#open].toSorted(([, one], [, other]) => unfinishedBytes(other) - unfinishedBytes(one));
    for (const [client, connection] of byBytes) {
      if (total <= mostUnfinishedBytes) return;
      total -= unfinishedBytes(connection);
      log.warn({ client, bytes: unfinishedBytes(connection) }, 'connection cut: too much that is not complete');
      connection.socket.destroy();
    }
  }
}

/** As grpc-js writes it. */
function remoteOf({ remoteAddress, remotePort }: ConnectionEnds): string {
  return `${remoteAddress}:${remotePort}`;
}

function unfinishedBytes({ socket, settledBytes, openStreams, settledCalls }: Connection): number {
  return socket.bytesRead - settledBytes + Math.max(0, openStreams - settledCalls) * BEGUN_CALL_BYTES;
}

function forgiveOverhead(connection: Connection): void {
  if (unfinishedBytes(connection) === 0) return; // most of them, most of the time
  const { bytesWritten } = connection.socket;
  const confirmations = (bytesWritten - connection.confirmedBytes) / SENT_PER_CONFIRMATION_BYTE;
  connection.confirmedBytes = bytesWritten;
  forgive(connection, IDLE_OVERHEAD_BYTES + confirmations);
}

/** Never more than what came: nobody saves up. */
function forgive(connection: Connection, bytes: number): void {
  connection.settledBytes = Math.min(connection.socket.bytesRead, connection.settledBytes + bytes);
}
