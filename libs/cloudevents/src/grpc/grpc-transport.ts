import { type Clock, type Logger, silentLogger, systemClock } from '@ocm/kube';
import type { CloudEvent } from '../event.ts';
import { toProtobuf } from '../protobuf.ts';
import {
  CredentialReplaced,
  type EventLink,
  type EventTransport,
  type LinkOptions,
} from '../session/event-transport.ts';
import { isSameKeyPair } from '../connection-file/tls-files.ts';
import { type LoadedClientConfig, loadClientConfig, reloadKeyPair } from './client-credentials.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { subscribe } from './grpc-subscription.ts';

const REFRESH_MS = 5 * 60_000;

/** How a transport behaves; tests pass their own clock and interval. */
export interface GrpcTransportOptions {
  /** How often client certificate and key are looked at; default 5 min (cloudevents-grpc 9.2). */
  readonly refreshMs?: number | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * A transport over one HTTP/2 connection, shared by all its links. The connection is opened with the first link, and another one after it was
 * lost, with the key pair that the files hold by then; a changed pair ends the connection (cloudevents-grpc 9.2). Dispose it at the end.
 *
 * @param path of the configuration file (cloudevents-grpc 9.1)
 * @throws ConfigError when the configuration cannot be used
 */
export async function grpcTransport(path: string, options: GrpcTransportOptions = {}): Promise<EventTransport> {
  return new GrpcTransport(path, await loadClientConfig(path), options);
}

class GrpcTransport implements EventTransport {
  readonly address: string;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #refreshMs: number;
  #loaded: LoadedClientConfig;
  #connection: GrpcConnection | undefined;
  #cancelRefresh: () => void = () => undefined;
  #isDisposed = false;

  constructor(path: string, loaded: LoadedClientConfig, options: GrpcTransportOptions) {
    this.#path = path;
    this.#loaded = loaded;
    this.address = loaded.config.url;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#refreshMs = options.refreshMs ?? REFRESH_MS;
    this.#scheduleRefresh();
  }

  async connect(options: LinkOptions): Promise<EventLink> {
    const { signal } = options;
    if (this.#connection === undefined || this.#connection.closed.aborted) await this.#refreshKeyPair();
    signal.throwIfAborted();
    const connection = this.#open();
    try {
      return await this.#link(connection, options);
    } catch (error) {
      if (!signal.aborted) connection.closeUnlessReady(error as Error);
      throw error;
    }
  }

  async reloadCredential(): Promise<void> {
    await this.#refreshKeyPair();
    const connection = this.#connection;
    if (connection !== undefined && !isSameKeyPair(connection.keyPair, this.#loaded.keyPair)) {
      connection.close(new CredentialReplaced('the client certificate has changed'));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#cancelRefresh();
    this.#connection?.close(new Error('the client is closed'));
  }

  async #link(connection: GrpcConnection, { subscription, onEvent, signal }: LinkOptions): Promise<EventLink> {
    if (subscription === undefined) {
      await connection.ready(signal);
      return linkOf(connection, publishOnly(connection));
    }
    const accepted = await subscribe({
      connection,
      subscription,
      clock: this.#clock,
      healthinessTimeoutMs: this.#loaded.config.serverHealthinessTimeoutMs,
      onEvent,
      onUnreadable: (error) => this.#log.warn({ error }, 'event cannot be read'),
      signal,
    });
    return linkOf(connection, accepted);
  }

  /** The connection there is, or a new one: several links may ask at once. */
  #open(): GrpcConnection {
    if (this.#isDisposed) throw new Error('the client is closed');
    if (this.#connection === undefined || this.#connection.closed.aborted) {
      this.#connection = new GrpcConnection(this.#loaded, this.#clock);
    }
    return this.#connection;
  }

  /** What cannot be used is not: the last good pair stays. */
  async #refreshKeyPair(): Promise<void> {
    try {
      this.#loaded = { ...this.#loaded, keyPair: await reloadKeyPair(this.#path) };
    } catch (error) {
      this.#log.warn({ file: this.#path, error }, 'client certificate cannot be read again');
    }
  }

  #scheduleRefresh(): void {
    if (this.#isDisposed) return;
    this.#cancelRefresh = this.#clock.schedule(
      this.#refreshMs,
      () => void this.reloadCredential().finally(() => this.#scheduleRefresh()),
      { background: true },
    );
  }
}

function linkOf(
  connection: GrpcConnection,
  { ended, cancel }: { readonly ended: Promise<Error>; readonly cancel: () => void },
): EventLink {
  return {
    publish: (event: CloudEvent, published, { signal }) => connection.publish(toProtobuf(event), published, signal),
    ended,
    close: cancel,
  };
}

/** Nothing to cancel but the waiting for the end of the connection. */
function publishOnly({ closed }: GrpcConnection): { readonly ended: Promise<Error>; readonly cancel: () => void } {
  const ended = Promise.withResolvers<Error>();
  const end = (): void => ended.resolve(closed.reason as Error);
  if (closed.aborted) end();
  closed.addEventListener('abort', end, { once: true });
  const cancel = (): void => {
    closed.removeEventListener('abort', end);
    ended.resolve(new Error('closed'));
  };
  return { ended: ended.promise, cancel };
}
