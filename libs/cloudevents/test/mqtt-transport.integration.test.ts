import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { type MqttBrokerOptions, startMqttBroker, until } from '@ocm/testing';
import { array, assert, asyncProperty, nat, oneof, record, uint8Array } from 'fast-check';
import { generate } from 'mqtt-packet';
import {
  type CloudEvent,
  dataTypes,
  type EventLink,
  type EventTransport,
  mqttTransport,
  type MqttTransportOptions,
  stringAttribute,
} from '../src/index.ts';
import { BUNDLES, bundleMessage, mqttFiles, type MqttFilesOptions, mqttPeer } from './mqtt-peer.ts';
import { quickClock } from './quick-clock.ts';

const SOURCE_EVENTS = 'sources/s1/clusters/cluster1/sourceevents';
const agent = { role: { kind: 'agent', clusterName: 'cluster1' }, clientId: 'work-agent' } as const;
const subscription = { dataType: dataTypes.bundle, clusterName: 'cluster1', source: '' };
const published = { dataType: dataTypes.bundle, name: 'work1' };
const { signal } = new AbortController();

function statusEvent(bytes = 0): CloudEvent {
  return {
    id: '1',
    source: 'agent',
    type: `${BUNDLES}.status.update_request`,
    extensions: new Map([
      ['clustername', stringAttribute('cluster1')],
      ['originalsource', stringAttribute('s1')],
    ]),
    data: Buffer.alloc(bytes, 'x'),
  };
}

interface World extends AsyncDisposable {
  readonly broker: Awaited<ReturnType<typeof startMqttBroker>>;
  readonly transport: EventTransport;
  readonly files: Awaited<ReturnType<typeof mqttFiles>>;
  readonly events: CloudEvent[];
  connect(): Promise<EventLink>;
}

async function setUp(
  brokerOptions: MqttBrokerOptions = {},
  {
    commonName,
    options = {},
    ...fileOptions
  }: Omit<Partial<MqttFilesOptions>, 'broker'> & {
    /** Of a client certificate. */
    readonly commonName?: string;
    readonly options?: Partial<MqttTransportOptions>;
  } = {},
): Promise<World> {
  const stack = new AsyncDisposableStack();
  const broker = stack.use(await startMqttBroker(brokerOptions));
  const pair = commonName === undefined ? {} : { pair: await broker.clientCertificate(commonName) };
  const files = stack.use(await mqttFiles({ broker, ...pair, ...fileOptions }));
  const transport = stack.use(await mqttTransport(files.configPath, { ...agent, ...options }));
  const events: CloudEvent[] = [];
  return {
    broker,
    transport,
    files,
    events,
    connect: () => transport.connect({ subscription, onEvent: (event) => events.push(event), signal }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describe('TLS', () => {
  test('with a client key pair events come and go', async () => {
    await using world = await setUp({ tls: true }, { commonName: 'agent1' });
    const link = await world.connect();
    await link.publish(statusEvent(), published, { signal });
  });

  test('[cloudevents-grpc trap 30] authorities alone do not switch TLS on', async () => {
    await using world = await setUp({ tls: true });
    await expect(world.connect()).rejects.toThrow(new RegExp(`^${world.broker.address}: `));
    await using plain = await startMqttBroker();
    await using files = await mqttFiles({ broker: { address: plain.address, ca: world.broker.ca } });
    await using transport = await mqttTransport(files.configPath, agent);
    const link = await transport.connect({ subscription, onEvent: () => undefined, signal });
    await link.publish(statusEvent(), published, { signal });
  });

  test('a broker with a certificate of other authorities is refused, and so is a client with one', async () => {
    await using world = await setUp({ tls: true }, { commonName: 'agent1' });
    await using other = await startMqttBroker({ tls: true });
    await using files = await mqttFiles({
      broker: { address: world.broker.address, ca: other.ca },
      pair: await world.broker.clientCertificate('agent1'),
    });
    await using stranger = await mqttTransport(files.configPath, agent);
    await expect(stranger.connect({ subscription, onEvent: () => undefined, signal })).rejects.toThrow(/certificate/);
    await world.files.writePair(await other.clientCertificate('agent1'));
    await expect(world.connect()).rejects.toThrow(world.broker.address);
  });

  test('a new certificate in the files ends the connection within the interval, for another one with it', async () => {
    const options = { clock: quickClock(30), refreshMs: 30_000 };
    await using world = await setUp({ tls: true }, { commonName: 'agent1', options });
    const link = await world.connect();
    await world.files.writePair(await world.broker.clientCertificate('agent1'));
    expect(await link.ended).toMatchObject({ name: 'CredentialReplaced' });
    await (await world.connect()).publish(statusEvent(), published, { signal });
  });
});

describe('what the broker allows', () => {
  const users = [
    {
      name: 'cluster1',
      password: 'secret',
      publishes: ['sources/s1/clusters/cluster1/agentevents', 'clusters/cluster1/agentbroadcast'],
      subscribes: ['sources/s1/clusters/cluster1/sourceevents', 'sources/+/sourcebroadcast'],
    },
    { name: 'cluster2', password: 'other', publishes: [], subscribes: [] },
  ];

  test('the topics of docs/mqtt.md are enough for an agent with user name and password', async () => {
    await using world = await setUp({ users }, { extra: { username: 'cluster1', password: 'secret' } });
    const link = await world.connect();
    await link.publish(statusEvent(), published, { signal });
    const resync = {
      ...statusEvent(),
      type: `${BUNDLES}.spec.resync_request`,
      extensions: new Map([['originalsource', stringAttribute('')]]),
    };
    await link.publish(resync, published, { signal });
  });

  test('a wrong password is an error that says so and has no password in it', async () => {
    await using world = await setUp({ users }, { extra: { username: 'cluster1', password: 'wrong-one' } });
    const connecting = world.connect();
    await expect(connecting).rejects.toThrow(/Bad User Name or Password|Not authorized/i);
    await expect(connecting).rejects.not.toThrow(/wrong-one/);
  });

  test('topics that the user may not have are an error that names them', async () => {
    await using world = await setUp({ users }, { extra: { username: 'cluster2', password: 'other' } });
    await expect(world.connect()).rejects.toThrow(
      /cannot subscribe to sources\/s1\/clusters\/cluster1\/sourceevents.*Not authorized/,
    );
    const publisher = await world.transport.connect({ subscription: undefined, onEvent: () => undefined, signal });
    await expect(publisher.publish(statusEvent(), published, { signal })).rejects.toMatchObject({
      reason: 'PublishError',
      status: 500,
      message: expect.stringMatching(/^Failed to publish resource work1: .*Not authorized/),
    });
  });

  test('a message that is too large for the broker is refused here, and the connection stays', async () => {
    await using world = await setUp({ maxPacketBytes: 10_000 });
    const link = await world.connect();
    await expect(link.publish(statusEvent(10_000), published, { signal })).rejects.toMatchObject({
      reason: 'PublishError',
      message: expect.stringMatching(/the message has 10\d\d\d bytes; the broker takes 10000$/),
    });
    await link.publish(statusEvent(9000), published, { signal });
    await using peer = await mqttPeer(world.broker);
    await peer.send(SOURCE_EVENTS, bundleMessage({ uid: 'u', name: 'n', generation: 1, value: '' }));
    await until(() => world.events.length === 1, { describe: 'an event' });
  });

  test('no more publications wait for an answer than the broker allows', async () => {
    await using world = await setUp({ receiveMaximum: 3 });
    const link = await world.connect();
    await Promise.all(Array.from({ length: 200 }, () => link.publish(statusEvent(), published, { signal })));
    expect(await world.broker.log()).not.toMatch(/receive maximum/i);
  });

  test('an acknowledgement with the code of a subscription is one', async () => {
    await using world = await setUp({ ownCodes: true });
    const link = await world.connect();
    await link.publish(statusEvent(), published, { signal });
    await link.publish(statusEvent(), published, { signal });
  });

  test('of two clients with one id the first is told why it has to go', async () => {
    await using world = await setUp();
    const first = await world.connect();
    await using second = await mqttTransport(world.files.configPath, agent);
    await second.connect({ subscription, onEvent: () => undefined, signal });
    expect((await first.ended).message).toMatch(/the broker has ended the connection, reason code 142/);
  });
});

describe('a connection', () => {
  test('is the only one of its transport', async () => {
    await using world = await setUp();
    const link = await world.connect();
    await expect(world.connect()).rejects.toThrow('transport has already subscribed');
    link.close();
    expect((await link.ended).message).toBe('closed');
    await world.connect();
  });

  test('that the broker lets wait for its subscription fails after the time that is configured, or when it is stopped', async () => {
    await using broker = await fakeBroker({ subscribes: false });
    await using files = await mqttFiles({ broker, extra: { dialTimeout: '1s' } });
    await using transport = await mqttTransport(files.configPath, agent);
    const options = { subscription, onEvent: () => undefined };
    await expect(transport.connect({ ...options, signal })).rejects.toThrow(/cannot subscribe to .*: no answer/);
    const stop = new AbortController();
    const connecting = transport.connect({ ...options, signal: stop.signal });
    await expect(transport.connect({ ...options, signal })).rejects.toThrow('transport has already subscribed');
    stop.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
    const disposed = transport.connect({ ...options, signal });
    await transport[Symbol.asyncDispose]();
    await expect(disposed).rejects.toThrow('the client is closed');
  });

  test('that is lost ends what waits for an answer', async () => {
    await using broker = await fakeBroker({ acknowledges: false });
    await using files = await mqttFiles({ broker });
    await using transport = await mqttTransport(files.configPath, agent);
    const link = await transport.connect({ subscription, onEvent: () => undefined, signal });
    const publishing = link.publish(statusEvent(), published, { signal });
    await until(() => broker.published > 0, { describe: 'the publication' });
    broker.cut();
    await expect(publishing).rejects.toMatchObject({ reason: 'PublishError' });
    await expect(link.ended).resolves.toBeInstanceOf(Error);
  });

  test('does not wait for an answer for ever', async () => {
    await using broker = await fakeBroker({ acknowledges: false });
    await using files = await mqttFiles({ broker });
    await using transport = await mqttTransport(files.configPath, { ...agent, clock: quickClock(60) });
    const link = await transport.connect({ subscription, onEvent: () => undefined, signal });
    await expect(link.publish(statusEvent(), published, { signal })).rejects.toThrow(/did not answer within 60 s/);
  });

  test('to a broker that does not answer fails after the time that is configured, or when it is stopped', async () => {
    await using broker = await fakeBroker({ welcomes: false });
    await using files = await mqttFiles({ broker, extra: { dialTimeout: '1s' } });
    await using transport = await mqttTransport(files.configPath, agent);
    await expect(transport.connect({ subscription, onEvent: () => undefined, signal })).rejects.toThrow(/timeout/);
    const stop = new AbortController();
    const connecting = transport.connect({ subscription, onEvent: () => undefined, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(connecting).rejects.toThrow('enough');
  });

  test('an event is acknowledged when it was taken, not before', async () => {
    await using broker = await fakeBroker();
    await using files = await mqttFiles({ broker });
    await using transport = await mqttTransport(files.configPath, agent);
    const acknowledged: number[] = [];
    const onEvent = (): void => void acknowledged.push(broker.acknowledged);
    await transport.connect({ subscription, onEvent, signal });
    broker.flood(500);
    await until(() => broker.acknowledged === 500, { describe: 'the answers' });
    expect(acknowledged).toHaveLength(500);
    expect(acknowledged.every((count, index) => count <= index)).toBe(true);
  });

  test.each([0, 1, 2])('carries events with QoS %s', async (qos) => {
    await using world = await setUp({}, { extra: { pubQoS: qos, subQoS: qos } });
    await using peer = await mqttPeer(world.broker, { subscriptions: ['sources/s1/clusters/cluster1/agentevents'] });
    const link = await world.connect();
    for (let count = 0; count < 10; count += 1) await link.publish(statusEvent(), published, { signal });
    for (let count = 0; count < 10; count += 1) {
      await peer.send(SOURCE_EVENTS, bundleMessage({ uid: `u${count}`, name: 'n', generation: 1, value: '' }));
    }
    await until(() => world.events.length === 10 && peer.seen.length === 10, { describe: 'all of them' });
  });

  test('any bytes, also those that are nearly an event, end it or do nothing', async () => {
    await using broker = await fakeBroker();
    await using files = await mqttFiles({ broker });
    const valid = publication(1);
    const changed = array(record({ at: nat(), byte: nat({ max: 255 }) }), { minLength: 1, maxLength: 3 }).map(
      (changes) => {
        const bytes = Buffer.from(valid);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        return bytes;
      },
    );
    const bytes = oneof(
      uint8Array({ minLength: 1, maxLength: 60 }).map((each) => Buffer.from(each)),
      changed,
    );
    await assert(
      asyncProperty(bytes, async (each) => {
        await using transport = await mqttTransport(files.configPath, agent);
        const link = await transport.connect({ subscription, onEvent: () => undefined, signal });
        broker.write(each);
        broker.end();
        expect(await link.ended).toBeInstanceOf(Error);
      }),
      { numRuns: 300 },
    );
  });

  test('bytes that are no MQTT end it, and nothing else', async () => {
    const garbage = [
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      Buffer.from([0x30, 0x05, 0xff, 0xff, 0, 0, 0]), // a topic longer than its packet
      Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]), // a length that is none
      Buffer.from([0x32, 0x08, 0, 1, 0x61, 0, 1, 0x7f, 0x26, 0]), // properties longer than their packet
      Buffer.from([0x32, 0x0a, 0, 1, 0x61, 0, 1, 4, 0x26, 0, 9, 0x61]), // half a user property
      Buffer.from([0x32, 0x07, 0, 1, 0x61, 0, 1, 1, 0x7e]), // an unknown property
      Buffer.from([0xf0, 0x00]),
      Buffer.from([0x00, 0x00]),
    ];
    for (const bytes of garbage) {
      await using broker = await fakeBroker();
      await using files = await mqttFiles({ broker });
      await using transport = await mqttTransport(files.configPath, agent);
      const link = await transport.connect({ subscription, onEvent: () => undefined, signal });
      broker.write(bytes);
      broker.end();
      expect(await link.ended).toBeInstanceOf(Error);
    }
  });
});

interface FakeBroker extends AsyncDisposable {
  readonly address: string;
  readonly ca: undefined;
  readonly published: number;
  readonly acknowledged: number;
  write(bytes: Buffer): void;
  flood(count: number): void;
  /** Ends connections after what was written. */
  end(): void;
  cut(): void;
}

/** A bundle as the broker sends it. */
function publication(messageId: number): Buffer {
  const work = { uid: `u${messageId}`, name: `n${messageId}`, generation: 1, value: '' };
  const { attributes, payload = '', contentType = '' } = bundleMessage(work);
  const properties = { userProperties: { ...attributes }, contentType };
  const about = { topic: SOURCE_EVENTS, qos: 1, dup: false, retain: false } as const;
  return generate({ cmd: 'publish', messageId, payload, properties, ...about }, { protocolVersion: 5 });
}

/** Answers as a broker does that is broken in one way. */
async function fakeBroker({ welcomes = true, subscribes = true, acknowledges = true } = {}): Promise<FakeBroker> {
  const { parser: createParser } = await import('mqtt-packet');
  const sockets = new Set<Socket>();
  const seen = { published: 0, acknowledged: 0 };
  const write = (bytes: Buffer): void => sockets.forEach((socket) => socket.write(bytes));
  const options = { protocolVersion: 5 };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const parser = createParser(options);
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect' && welcomes) {
        write(generate({ cmd: 'connack', reasonCode: 0, sessionPresent: false }, options));
      }
      if (packet.cmd === 'subscribe' && subscribes) {
        const granted = packet.subscriptions.map(() => 1);
        write(generate({ cmd: 'suback', messageId: packet.messageId ?? 0, granted }, options));
      }
      if (packet.cmd === 'puback') seen.acknowledged += 1;
      if (packet.cmd !== 'publish') return;
      seen.published += 1;
      if (acknowledges) write(generate({ cmd: 'puback', messageId: packet.messageId ?? 0, reasonCode: 0 }, options));
    });
    socket.on('data', (chunk) => parser.parse(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: undefined,
    get published() {
      return seen.published;
    },
    get acknowledged() {
      return seen.acknowledged;
    },
    write,
    flood(count) {
      for (let id = 1; id <= count; id += 1) write(publication(id));
    },
    end: () => sockets.forEach((socket) => socket.end()),
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
