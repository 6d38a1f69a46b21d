import { type Clock, type Logger, silentLogger, systemClock } from '@ocm/kube';
import {
  type ClientKeyPair,
  isSameKeyPair,
  readAuthorities,
  readKeyPair,
  readSource,
} from '../connection-file/tls-files.ts';
import {
  CredentialReplaced,
  type EventLink,
  type EventTransport,
  type LinkOptions,
} from '../session/event-transport.ts';
import { type MqttConfig, parseMqttConfig } from './mqtt-config.ts';
import { MqttConnection } from './mqtt-connection.ts';
import { type MqttRole, mqttRoutes, type MqttRoutes } from './mqtt-topics.ts';

const REFRESH_MS = 5 * 60_000;

/** Whose transport it is. */
export interface MqttTransportOptions {
  readonly role: MqttRole;
  /** As configured; an agent adds `-client` on the wire. No two clients of a broker may have the same. */
  readonly clientId: string;
  /** How often client certificate and key are looked at; default 5 min. */
  readonly refreshMs?: number | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** A configuration with the content of the files that it names. */
interface LoadedConfig {
  readonly config: MqttConfig;
  readonly ca: string | undefined;
  readonly keyPair: ClientKeyPair | undefined;
}

/**
 * A transport over an MQTT 5 broker (cloudevents-grpc 18). It makes one connection for each link, with a clean session, and has one link at a
 * time. Dispose it at the end.
 *
 * @param path of the configuration file (cloudevents-grpc 18.1)
 * @throws ConfigError when the configuration cannot be used, or its topics are not those of the role
 */
export async function mqttTransport(path: string, options: MqttTransportOptions): Promise<EventTransport> {
  const config = parseMqttConfig(await readSource({ kind: 'file', path }, 'configuration file'), path);
  const routes = mqttRoutes(config.topics, options.role);
  const ca = await readAuthorities(config.ca, path);
  const keyPair = await readKeyPair(config.keyPair, path);
  return new MqttTransport({ path, loaded: { config, ca, keyPair }, routes }, options);
}

class MqttTransport implements EventTransport {
  readonly address: string;
  readonly #path: string;
  readonly #routes: MqttRoutes;
  readonly #clientId: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #refreshMs: number;
  #loaded: LoadedConfig;
  #connection: MqttConnection | undefined;
  #cancelRefresh: () => void = () => undefined;
  readonly #disposal = new AbortController();
  #isConnecting = false;

  constructor(
    { path, loaded, routes }: { readonly path: string; readonly loaded: LoadedConfig; readonly routes: MqttRoutes },
    { role, clientId, refreshMs = REFRESH_MS, clock = systemClock, log = silentLogger }: MqttTransportOptions,
  ) {
    this.#path = path;
    this.#loaded = loaded;
    this.#routes = routes;
    this.address = loaded.config.brokerHost;
    this.#clientId = role.kind === 'agent' ? `${clientId}-client` : clientId;
    this.#clock = clock;
    this.#log = log;
    this.#refreshMs = refreshMs;
    const { password, keyPair } = loaded.config;
    if (password !== undefined && keyPair === undefined) {
      log.warn(
        { file: path },
        'the password is sent in plain text: TLS is used only with a client certificate and key',
      );
    }
    this.#scheduleRefresh();
  }

  async connect(options: LinkOptions): Promise<EventLink> {
    if (this.#isConnecting || this.#connection?.closed.aborted === false) {
      throw new Error('transport has already subscribed');
    }
    this.#isConnecting = true;
    try {
      return await this.#connect(options);
    } finally {
      this.#isConnecting = false;
    }
  }

  async #connect({ subscription, onEvent, signal }: LinkOptions): Promise<EventLink> {
    await this.#refreshKeyPair();
    signal.throwIfAborted();
    const connection = await MqttConnection.open({
      ...this.#loaded,
      clientId: this.#clientId,
      routes: this.#routes,
      clock: this.#clock,
      onEvent,
      onUnreadable: (topic, error) => this.#log.warn({ topic, error }, 'event cannot be read'),
      signal: AbortSignal.any([signal, this.#disposal.signal]),
    });
    this.#connection = connection;
    if (this.#disposal.signal.aborted) connection.close(this.#disposal.signal.reason as Error);
    if (subscription !== undefined) await connection.subscribe(this.#loaded.config.subscribeQos, signal);
    return {
      publish: (event, published, options) => connection.publish(event, published, options),
      ended: connection.ended,
      close: () => connection.close(new Error('closed')),
    };
  }

  async reloadCredential(): Promise<void> {
    await this.#refreshKeyPair();
    const connection = this.#connection;
    if (connection !== undefined && !isSameKeyPair(connection.keyPair, this.#loaded.keyPair)) {
      connection.close(new CredentialReplaced());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new Error('the client is closed');
    this.#disposal.abort(reason);
    this.#cancelRefresh();
    this.#connection?.close(reason);
  }

  /** What cannot be used is not: the last good pair stays. */
  async #refreshKeyPair(): Promise<void> {
    try {
      const keyPair = await readKeyPair(this.#loaded.config.keyPair, this.#path);
      this.#loaded = { ...this.#loaded, keyPair };
    } catch (error) {
      this.#log.warn({ file: this.#path, error }, 'client certificate cannot be read again');
    }
  }

  #scheduleRefresh(): void {
    if (this.#disposal.signal.aborted) return;
    this.#cancelRefresh = this.#clock.schedule(
      this.#refreshMs,
      () => void this.reloadCredential().finally(() => this.#scheduleRefresh()),
      { background: true },
    );
  }
}
