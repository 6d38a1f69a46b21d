import { type ConfigSource, ConnectionFile, type KeyPairSource } from '../connection-file/connection-file.ts';
import { type MqttTopics, problemOfTopic, topicNames } from './mqtt-topics.ts';

/** How surely a message arrives: at most once, at least once, exactly once. */
export type Qos = 0 | 1 | 2;

/** What the configuration file of an MQTT client says (cloudevents-grpc 18.1). */
export interface MqttConfig {
  /** `host:port` as written. */
  readonly brokerHost: string;
  readonly username: string | undefined;
  /** Secret. */
  readonly password: string | undefined;
  /** Without a sign of life for one and a half times as long the other side counts as gone; 0 means that nobody looks. */
  readonly keepAliveSeconds: number;
  /** From the first packet to the broker's welcome. */
  readonly dialTimeoutMs: number;
  readonly publishQos: Qos;
  readonly subscribeQos: Qos;
  /** PEM; in addition to the roots of this machine. Without a key pair it means nothing. */
  readonly ca: ConfigSource | undefined;
  /** TLS is used with a key pair and not otherwise. */
  readonly keyPair: KeyPairSource | undefined;
  readonly topics: MqttTopics;
}

const DEFAULT_KEEP_ALIVE_SECONDS = 60;
const MOST_KEEP_ALIVE_SECONDS = 0xffff;
const DEFAULT_DIAL_TIMEOUT_MS = 60_000;
const DEFAULT_QOS = 1;
const MOST_QOS = 2;
const HOST_AND_PORT = /^(?<host>\[[0-9a-fA-F:.]+\]|[^\s:[\]/@]+):(?<port>\d{1,5})$/;

/**
 * Reads the text of a configuration file, YAML or JSON. Unknown keys are ignored; files that it names are not read.
 *
 * @param path of the file, for messages
 * @throws ConfigError naming every key that cannot be used, for topics with the pattern they have to match
 */
export function parseMqttConfig(text: string, path: string): MqttConfig {
  return ConnectionFile.parse(text, path, (file) => ({
    brokerHost: brokerHostOf(file),
    username: file.text('username') || undefined,
    password: file.text('password') || undefined,
    keepAliveSeconds: file.count('keepAlive', { fallback: DEFAULT_KEEP_ALIVE_SECONDS, most: MOST_KEEP_ALIVE_SECONDS }),
    dialTimeoutMs: dialTimeoutOf(file),
    publishQos: qosOf(file, 'pubQoS'),
    subscribeQos: qosOf(file, 'subQoS'),
    ca: file.source('caData', 'caFile'),
    keyPair: file.keyPair(),
    topics: topicsOf(file),
  }));
}

/** The parts of a `brokerHost`; brackets around an address of IPv6 are left out. `undefined` when it is no `host:port`. */
export function splitBrokerHost(text: string): { readonly host: string; readonly port: number } | undefined {
  const { host = '', port = '' } = HOST_AND_PORT.exec(text)?.groups ?? {};
  const isPort = Number(port) > 0 && Number(port) <= 0xffff;
  return isPort ? { host: host.replaceAll(/^\[|\]$/g, ''), port: Number(port) } : undefined;
}

function brokerHostOf(file: ConnectionFile): string {
  const text = file.requiredText('brokerHost');
  if (text !== '' && splitBrokerHost(text) === undefined) {
    file.report(`brokerHost is "${text}"; allowed is host:port`);
  }
  return text;
}

function dialTimeoutOf(file: ConnectionFile): number {
  const dialTimeoutMs = file.duration('dialTimeout') ?? DEFAULT_DIAL_TIMEOUT_MS;
  if (dialTimeoutMs <= 0) file.report(`dialTimeout is ${dialTimeoutMs} ms; allowed is more than 0`);
  return dialTimeoutMs;
}

function qosOf(file: ConnectionFile, key: string): Qos {
  return file.count(key, { fallback: DEFAULT_QOS, most: MOST_QOS }) as Qos;
}

function topicsOf(file: ConnectionFile): MqttTopics {
  const group = file.group('topics');
  const [sourceEvents, agentEvents, sourceBroadcast, agentBroadcast] = topicNames.map((name) => {
    const topic = group.text(name);
    const problem = topic === '' ? undefined : problemOfTopic(name, topic);
    if (problem !== undefined) group.report(problem);
    return topic;
  });
  if (sourceEvents === '' || agentEvents === '') file.report('the topics must be set');
  return {
    sourceEvents: sourceEvents ?? '',
    agentEvents: agentEvents ?? '',
    sourceBroadcast: sourceBroadcast || undefined,
    agentBroadcast: agentBroadcast || undefined,
  };
}
