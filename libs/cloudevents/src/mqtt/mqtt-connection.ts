import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Clock, isKubeError } from '@ocm/kube';
import type { IConnackPacket, IPublishPacket, MqttClient } from 'mqtt';
import { type ClientKeyPair, secureContextOf } from '../connection-file/tls-files.ts';
import type { CloudEvent } from '../event.ts';
import { publishError, type PublishedResource } from '../publish-error.ts';
import { InFlight } from './in-flight.ts';
import { IncomingPackets } from './incoming-packets.ts';
import { type MqttConfig, type Qos, splitBrokerHost } from './mqtt-config.ts';
import { mqttMessageBytes, ofMqttMessage, toMqttMessage } from './mqtt-message.ts';
import type { MqttRoutes } from './mqtt-topics.ts';

const PROTOCOL_VERSION = 5;
/** Publications that wait for an answer, where the broker names no number. */
const MOST_IN_FLIGHT = 100;
const LONGEST_MESSAGE_BYTES = 4 * 1024 * 1024;
const LONGEST_PUBLISH_MS = 60_000;
const LONGEST_FAREWELL_MS = 1000;

/** What a connection is made of. */
export interface MqttConnectionOptions {
  readonly config: MqttConfig;
  readonly ca: string | undefined;
  readonly keyPair: ClientKeyPair | undefined;
  readonly clientId: string;
  readonly routes: MqttRoutes;
  readonly clock: Pick<Clock, 'schedule'>;
  /** Told of each event; it is acknowledged when this has returned. */
  readonly onEvent: (event: CloudEvent) => void;
  readonly onUnreadable: (topic: string, error: Error) => void;
  /** Ends the attempt to connect. */
  readonly signal: AbortSignal;
}

/** One connection to a broker, with a clean session. It is given up when it is lost and never opened again: whoever needs one makes another. */
export class MqttConnection {
  /** With which it was opened. */
  readonly keyPair: ClientKeyPair | undefined;
  /** Fires with the reason when the connection is no more. */
  readonly closed: AbortSignal;
  /** Resolves with the reason then. */
  readonly ended: Promise<Error>;
  readonly #closing = new AbortController();
  readonly #options: MqttConnectionOptions;
  readonly #client: MqttClient;
  readonly #socket: Socket;
  #welcome: IConnackPacket['properties'] = {};
  #inFlight = new InFlight(1);

  /** @throws Error why there is no connection, the signal's reason, or ConfigError for a key pair that cannot be used */
  static async open(options: MqttConnectionOptions): Promise<MqttConnection> {
    // Loaded here, so that who uses another transport does not hold it in memory.
    const { MqttClient } = await import('mqtt');
    options.signal.throwIfAborted();
    const connection = new MqttConnection(MqttClient, options);
    await connection.#welcomed();
    return connection;
  }

  private constructor(Client: typeof MqttClient, options: MqttConnectionOptions) {
    const { config, keyPair, clientId } = options;
    const { username, password, keepAliveSeconds, dialTimeoutMs } = config;
    this.#options = options;
    this.keyPair = keyPair;
    this.closed = this.#closing.signal;
    this.ended = new Promise((resolve) => {
      this.closed.addEventListener('abort', () => resolve(this.closed.reason as Error), { once: true });
    });
    this.#socket = openSocket(options);
    this.#inspect();
    this.#client = new Client(() => this.#socket, {
      protocolVersion: PROTOCOL_VERSION,
      clientId,
      clean: true,
      reconnectPeriod: 0,
      keepalive: keepAliveSeconds,
      connectTimeout: dialTimeoutMs,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      // No receive maximum: mochi-mqtt loses what is beyond it. Reading stops instead while an event is taken (cloudevents-grpc 18.2).
      properties: { maximumPacketSize: LONGEST_MESSAGE_BYTES },
    });
    this.#client.handleMessage = (packet, acknowledge) => {
      this.#receive(packet);
      acknowledge();
    };
    this.#watch();
  }

  /** Ends it with the reason; what waits for an answer fails. */
  close(reason: Error): void {
    if (this.closed.aborted) return;
    this.#closing.abort(reason);
    // Without a farewell the broker would take it for an accident. It waits for open answers, however long.
    const isPolite = this.#client.connected && this.#inFlight.count === 0;
    this.#client.end(!isPolite);
    if (!isPolite) return;
    this.#socket.once('finish', () => this.#socket.destroy());
    const cancel = this.#options.clock.schedule(LONGEST_FAREWELL_MS, () => this.#socket.destroy(), {
      background: true,
    });
    this.#socket.once('close', cancel);
  }

  /** @throws Error when the broker refuses one of the topics, or does not answer in time; the signal's reason */
  async subscribe(qos: Qos, signal: AbortSignal): Promise<void> {
    const { routes, config, clock } = this.#options;
    const topics = [...routes.subscriptions];
    const fail = (what: string, cause?: unknown): void =>
      this.close(new Error(`cannot subscribe to ${topics.join(', ')}: ${what}`, { cause }));
    const abort = (): void => this.close(signal.reason as Error);
    const cancel = clock.schedule(config.dialTimeoutMs, () => fail('no answer'));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      await unlessAborted(this.closed, this.#client.subscribeAsync(topics, { qos }));
    } catch (error) {
      fail((error as Error).message, error);
      throw this.closed.reason;
    } finally {
      cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  /** @throws KubeError a `PublishError`, or `config` when no topic is configured for the event */
  async publish(
    event: CloudEvent,
    published: PublishedResource,
    { signal: outer }: { readonly signal: AbortSignal },
  ): Promise<void> {
    outer.throwIfAborted();
    const timeout = new AbortController();
    const late = new Error(`the broker did not answer within ${LONGEST_PUBLISH_MS / 1000} s`);
    const cancel = this.#options.clock.schedule(LONGEST_PUBLISH_MS, () => timeout.abort(late));
    const signal = AbortSignal.any([outer, this.closed, timeout.signal]);
    try {
      await this.#send(event, signal);
    } catch (error) {
      outer.throwIfAborted();
      if (isKubeError(error, 'config')) throw error;
      const { message } = (signal.aborted ? signal.reason : error) as Error;
      throw publishError(message, published, error);
    } finally {
      cancel();
    }
  }

  async #send(event: CloudEvent, signal: AbortSignal): Promise<void> {
    const { routes, config } = this.#options;
    const topic = routes.topicOf(event);
    const message = toMqttMessage(event);
    const { maximumPacketSize = Infinity, maximumQoS = 2 } = this.#welcome ?? {};
    const bytes = mqttMessageBytes(topic, message);
    // Sent all the same, it would cost the connection, and again after each reconnection.
    if (bytes > maximumPacketSize)
      throw new Error(`the message has ${bytes} bytes; the broker takes ${maximumPacketSize}`);
    const { payload, contentType, userProperties } = message;
    const properties = {
      // Not even an empty map: the library would wait for ever.
      ...(Object.keys(userProperties).length === 0 ? {} : { userProperties: { ...userProperties } }),
      ...(contentType === undefined ? {} : { contentType }),
    };
    const qos = Math.min(config.publishQos, maximumQoS) as Qos;
    // It counts until the broker has answered, even if the caller has gone by then.
    const send = (): Promise<unknown> => this.#client.publishAsync(topic, payload, { qos, properties });
    await unlessAborted(signal, this.#inFlight.run(signal, send));
  }

  #receive({ topic, payload, properties = {} }: IPublishPacket): void {
    const { onEvent, onUnreadable, routes } = this.#options;
    let event: CloudEvent;
    try {
      event = ofMqttMessage({ ...properties, payload: Buffer.from(payload) });
      routes.checkSender(topic, event);
    } catch (error) {
      onUnreadable(topic, error as Error);
      return;
    }
    if (!this.closed.aborted) onEvent(event);
  }

  async #welcomed(): Promise<void> {
    const { signal } = this.#options;
    const connected = new Promise<IConnackPacket>((resolve) => this.#client.once('connect', resolve));
    const abort = (): void => this.close(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const { properties } = await unlessAborted(this.closed, connected);
      this.#welcome = properties;
      this.#inFlight = new InFlight(properties?.receiveMaximum ?? MOST_IN_FLIGHT);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Listens before the library does, which gets the same bytes. */
  #inspect(): void {
    const packets = new IncomingPackets(LONGEST_MESSAGE_BYTES);
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        packets.inspect(chunk);
      } catch (error) {
        this.#socket.destroy(error as Error);
      }
    });
  }

  #watch(): void {
    const { brokerHost } = this.#options.config;
    const end = (what: string, cause?: unknown): void => this.close(new Error(`${brokerHost}: ${what}`, { cause }));
    // What stands behind several failed attempts has a code and no message.
    const endWith = (error: Error & { readonly code?: unknown }): void =>
      end(error.message || (typeof error.code === 'string' ? error.code : error.name), error);
    this.#socket.on('error', endWith);
    this.#client.on('error', endWith);
    this.#client.on('disconnect', ({ reasonCode, properties }) => {
      end(
        `the broker has ended the connection, reason code ${reasonCode ?? 0} ${properties?.reasonString ?? ''}`.trimEnd(),
      );
    });
    this.#client.on('close', () => end('the connection is lost'));
  }
}

function openSocket({ config, ca, keyPair }: MqttConnectionOptions): Socket {
  const { brokerHost } = config;
  const { host, port } = splitBrokerHost(brokerHost) ?? { host: brokerHost, port: 0 };
  // Authorities alone do not switch TLS on (cloudevents-grpc 18.1).
  if (keyPair === undefined) return connectSocket({ host, port });
  const secureContext = secureContextOf({ address: brokerHost, ca, keyPair });
  return connectTls({ host, port, secureContext, ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/** Waits no longer than the signal lets it. Throws its reason. */
async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
