import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyAndCertificate } from '@ocm/pki';
import type { MqttBroker } from '@ocm/testing';
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';

/** Topics of source `s1`, as a configuration has them. */
export const TOPICS = {
  sourceEvents: 'sources/s1/clusters/+/sourceevents',
  agentEvents: 'sources/s1/clusters/+/agentevents',
  sourceBroadcast: 'sources/+/sourcebroadcast',
  agentBroadcast: 'clusters/+/agentbroadcast',
};

export const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

/** A directory with the configuration of a client. */
export interface MqttFiles extends AsyncDisposable {
  readonly configPath: string;
  writePair(pair: KeyAndCertificate): Promise<void>;
}

/** What a test wants in the configuration; a string names another broker. */
export interface MqttFilesOptions {
  readonly broker: Pick<MqttBroker, 'address' | 'ca'>;
  readonly pair?: KeyAndCertificate;
  readonly topics?: Partial<typeof TOPICS>;
  /** Further keys. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export async function mqttFiles({ broker, pair, topics = TOPICS, extra = {} }: MqttFilesOptions): Promise<MqttFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'events-mqtt-'));
  const path = (name: string): string => join(directory, name);
  const writePair = async ({ certificatePem, privateKeyPem }: KeyAndCertificate): Promise<void> => {
    await writeFile(path('tls.crt'), certificatePem);
    await writeFile(path('tls.key'), privateKeyPem, { mode: 0o600 });
  };
  const config = {
    brokerHost: broker.address,
    topics,
    ...(pair === undefined ? {} : { clientCertFile: path('tls.crt'), clientKeyFile: path('tls.key') }),
    ...(broker.ca === undefined ? {} : { caFile: path('ca.crt') }),
    ...extra,
  };
  if (broker.ca !== undefined) await writeFile(path('ca.crt'), broker.ca.certificatePem);
  if (pair !== undefined) await writePair(pair);
  await writeFile(path('config.yaml'), JSON.stringify(config)); // JSON is YAML
  return {
    configPath: path('config.yaml'),
    writePair,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** A message as another implementation sees it. */
export interface SeenMessage {
  readonly topic: string;
  readonly qos: number;
  readonly contentType: string | undefined;
  readonly attributes: Readonly<Record<string, string | string[]>>;
  readonly payload: string;
}

/** A client that knows nothing of our code: it writes messages by hand, and has seen what came. */
export interface MqttPeer extends AsyncDisposable {
  readonly client: MqttClient;
  readonly seen: SeenMessage[];
  /** Publishes with QoS 1 and waits for the answer. */
  send(topic: string, message: RawMessage): Promise<void>;
  /** What came whose type ends so. */
  ofType(suffix: string): SeenMessage[];
}

export interface RawMessage {
  readonly attributes: Readonly<Record<string, string | string[]>>;
  readonly payload?: string | Buffer;
  readonly contentType?: string;
}

/** @param subscriptions default everything */
export async function mqttPeer(
  { address }: Pick<MqttBroker, 'address'>,
  { subscriptions = ['#'] }: { readonly subscriptions?: string[] } = {},
): Promise<MqttPeer> {
  const client = await connectAsync(`mqtt://${address}`, { protocolVersion: 5, reconnectPeriod: 0 });
  client.on('error', () => undefined);
  const seen: SeenMessage[] = [];
  client.on('message', (_topic, _payload, packet) => seen.push(seenMessage(packet)));
  await client.subscribeAsync(subscriptions, { qos: 1 });
  return {
    client,
    seen,
    async send(topic, { attributes, payload = '', contentType }) {
      const properties = {
        ...(Object.keys(attributes).length === 0 ? {} : { userProperties: { ...attributes } }),
        ...(contentType === undefined ? {} : { contentType }),
      };
      await client.publishAsync(topic, payload, { qos: 1, properties });
    },
    ofType: (suffix) => seen.filter(({ attributes }) => String(attributes['ce-type']).endsWith(suffix)),
    [Symbol.asyncDispose]: () => client.endAsync(true),
  };
}

function seenMessage({ topic, qos, payload, properties = {} }: IPublishPacket): SeenMessage {
  const { contentType, userProperties = {} } = properties;
  return { topic, qos, contentType, attributes: { ...userProperties }, payload: String(payload) };
}

/** A bundle for an agent as a deployed source writes it. */
export function bundleMessage(
  work: { readonly uid: string; readonly name: string; readonly generation: number; readonly value: string },
  { isDeleting = false, action = 'create_request' }: { readonly isDeleting?: boolean; readonly action?: string } = {},
): RawMessage {
  const { uid, name, generation, value } = work;
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'd' }, data: { value } };
  return {
    attributes: {
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-source': 's1',
      'ce-type': `${BUNDLES}.spec.${action}`,
      'ce-time': '2026-01-31T09:00:00.123456789Z',
      'ce-clustername': 'cluster1',
      'ce-originalsource': '',
      'ce-resourceid': uid,
      'ce-resourceversion': String(generation),
      'ce-metadata': JSON.stringify({ name, namespace: 'cluster1', uid }),
      'ce-logtracing': '{}',
      ...(isDeleting ? { 'ce-deletiontimestamp': '2026-01-31T09:00:00Z' } : {}),
    },
    ...(isDeleting ? {} : { contentType: 'application/json', payload: JSON.stringify({ manifests: [manifest] }) }),
  };
}
