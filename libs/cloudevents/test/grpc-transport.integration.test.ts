import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { KubeError } from '@ocm/kube';
import { until } from '@ocm/testing';
import {
  bundleEvent,
  type CloudEvent,
  dataTypes,
  type EventLink,
  EventSession,
  type EventTransport,
  formatDataType,
  grpcTransport,
  type GrpcTransportOptions,
  tunnelledMessage,
} from '../src/index.ts';
import { clientFiles } from './client-files.ts';
import { createTestPki, type RawEvent, startGrpcServer, startWire, type TestPki } from './grpc-server.ts';
import { quickClock } from './quick-clock.ts';
import { VirtualClock } from './simulation/virtual-clock.ts';

const subscription = { dataType: dataTypes.bundle, clusterName: 'cluster1', source: '' };
const published = { dataType: dataTypes.bundle, name: 'work1' };

function anEvent(): CloudEvent {
  const work = { metadata: { name: 'work1', namespace: 'cluster1', uid: 'u1', generation: 3 } };
  return bundleEvent(work, 'update_request', { id: randomUUID(), source: 'agent', time: new Date() });
}

function aMessage(id: string): RawEvent {
  return {
    id,
    source: 'kube',
    spec_version: '1.0',
    type: `${formatDataType(dataTypes.bundle)}.spec.update_request`,
    attributes: { 'ce-clustername': { ce_string: 'cluster1' } },
  };
}

const connect = (transport: EventTransport, events: CloudEvent[] = []): Promise<EventLink> =>
  transport.connect({ subscription, onEvent: (event) => events.push(event), signal: new AbortController().signal });

describe('the gRPC transport over real TLS sockets', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await createTestPki();
  });

  /** What a test needs, disposed with it. */
  async function setUp(options: GrpcTransportOptions & { extra?: readonly string[]; token?: boolean } = {}) {
    const stack = new AsyncDisposableStack();
    const server = stack.use(await startGrpcServer(pki, { certificates: options.token !== true }));
    const wire = stack.use(await startWire(server.port));
    const pair = options.token === true ? undefined : await pki.client('agent1');
    const tokenLines = options.token === true ? ['token: secret'] : [];
    const files = stack.use(
      await clientFiles(pki, {
        port: wire.port,
        ...(pair === undefined ? {} : { pair }),
        extra: [...tokenLines, ...(options.extra ?? [])],
      }),
    );
    const transport = stack.use(await grpcTransport(files.configPath, options));
    return { server, wire, files, transport, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  }

  test('events, publishing and the certificate of the client share one connection', async () => {
    await using env = await setUp();
    const { server, wire, transport } = env;
    const events: CloudEvent[] = [];
    const link = await connect(transport, events);
    server.send(aMessage('e1'));
    await link.publish(anEvent(), published, { signal: new AbortController().signal });
    await until(() => events.length === 1, { describe: 'the event' });
    expect(events[0]).toMatchObject({ id: 'e1', source: 'kube' });
    expect(server.published[0]).toMatchObject({
      source: 'agent',
      spec_version: '1.0',
      attributes: {
        'ce-clustername': { ce_string: 'cluster1' },
        'ce-originalsource': { ce_string: '' },
        'ce-resourceversion': { ce_integer: 3 },
        contenttype: { ce_string: 'application/json' },
      },
    });
    expect([...server.streams][0]?.request).toMatchObject({
      cluster_name: 'cluster1',
      data_type: 'io.open-cluster-management.works.v1alpha1.manifestbundles',
    });
    expect(server.users).toEqual(new Set(['agent1']));
    expect({ peers: server.peers.size, connections: wire.accepted }).toEqual({ peers: 1, connections: 1 });
  });

  test('a token goes with every call', async () => {
    await using env = await setUp({ token: true });
    const link = await connect(env.transport);
    await link.publish(anEvent(), published, { signal: new AbortController().signal });
    expect(env.server.tokens).toEqual(['Bearer secret', 'Bearer secret']);
  });

  test('heartbeats and messages that cannot be read do not disturb a stream', async () => {
    await using env = await setUp();
    const events: CloudEvent[] = [];
    await connect(env.transport, events);
    env.server.heartbeat();
    for (const stream of env.server.streams) stream.write({ ...aMessage('broken'), spec_version: '9' });
    env.server.send(aMessage('e1'));
    await until(() => events.length > 0, { describe: 'the event' });
    expect(events.map(({ id }) => id)).toEqual(['e1']);
  });

  test.each([
    {
      name: 'a refusal',
      admit: () => ({ code: status.PERMISSION_DENIED, details: 'access denied: no' }),
      want: 'PERMISSION_DENIED: access denied: no',
    },
    { name: 'no subscription-id', admit: () => [], want: 'the server sent no subscription-id, or more than one' },
    { name: 'two of them', admit: () => ['a', 'b'], want: 'the server sent no subscription-id, or more than one' },
  ])('$name fails the subscription with the real error', async ({ admit, want }) => {
    await using env = await setUp({ clock: quickClock(20) });
    env.server.behaviour.admit = admit;
    await expect(connect(env.transport)).rejects.toThrow(want);
  });

  test('without an id, what the server says at the end of the stream is the error', async () => {
    await using env = await setUp();
    env.server.behaviour.admit = () => [];
    env.server.behaviour.subscribed = (_request, stream) =>
      stream.emit('error', { code: status.UNAUTHENTICATED, details: 'token not authenticated' });
    await expect(connect(env.transport)).rejects.toThrow('UNAUTHENTICATED: token not authenticated');
  });

  test('[cloudevents-grpc 71] an error of the API comes back as what it was, a plain one as PublishError', async () => {
    await using env = await setUp();
    const link = await connect(env.transport);
    const { signal } = new AbortController();
    const notFound = new KubeError('no such work', { code: 'not-found', status: 404, reason: 'NotFound' });
    env.server.behaviour.publish = () =>
      Promise.reject({ code: status.FAILED_PRECONDITION, details: tunnelledMessage(notFound, published) });
    await expect(link.publish(anEvent(), published, { signal })).rejects.toMatchObject({
      code: 'not-found',
      status: 404,
    });
    for (const details of ['{}', 'disk full']) {
      env.server.behaviour.publish = () => Promise.reject({ code: status.FAILED_PRECONDITION, details });
      await expect(link.publish(anEvent(), published, { signal })).rejects.toMatchObject({
        code: 'unavailable',
        reason: 'PublishError',
        message: `Failed to publish resource work1: ${details}`,
      });
    }
  });

  test('a cut ends the link and whatever is under way, and another connection is made for the next one', async () => {
    await using env = await setUp();
    const { transport, server, wire } = env;
    const link = await connect(transport);
    server.behaviour.publish = () => new Promise(() => undefined);
    const publishing = link.publish(anEvent(), published, { signal: new AbortController().signal });
    const outcome = expect(publishing).rejects.toMatchObject({ reason: 'PublishError' });
    await until(() => server.published.length === 1, { describe: 'the publish to arrive' });
    wire.cut();
    await outcome;
    expect((await link.ended).message).not.toBe('');
    await connect(transport);
    expect(wire.accepted).toBe(2);
  });

  test('[cloudevents-grpc 61] replaced certificate files are taken into use, and the old certificate may expire', async () => {
    await using env = await setUp({ refreshMs: 50 });
    const livesMs = 15_000; // time enough to connect with it, on a machine that has other things to do
    await env.files.writePair(await pki.client('short', livesMs));
    const expiresMs = Date.now() + livesMs;
    const first = await connect(env.transport);
    await env.files.writePair(await pki.client('renewed'));
    expect((await first.ended).message).toBe('the client certificate has changed');
    const second = await connect(env.transport);
    await until(() => Date.now() > expiresMs, { describe: 'the old certificate to expire' });
    await second.publish(anEvent(), published, { signal: new AbortController().signal });
    expect(env.server.users).toEqual(new Set(['short', 'renewed']));
    expect(env.wire.accepted).toBe(2);
  });

  test('a server without heartbeats is given up when the configuration wants it', async () => {
    const clock = new VirtualClock();
    await using env = await setUp({ extra: ['serverHealthinessTimeout: 2s'], clock });
    const events: CloudEvent[] = [];
    const link = await connect(env.transport, events);
    const pass = async (ms: number, { isBeating }: { readonly isBeating: boolean }): Promise<void> => {
      await clock.pass(ms);
      if (isBeating) env.server.heartbeat();
      // What came before this event has been heard with it.
      const heard = events.length;
      env.server.send(aMessage('e'));
      await until(() => events.length > heard, { describe: 'the event' });
    };
    for (let beat = 0; beat < 4; beat += 1) await pass(1500, { isBeating: true });
    expect(await Promise.race([link.ended, Promise.resolve('alive')])).toBe('alive');
    await pass(1500, { isBeating: false });
    await clock.pass(1000);
    expect(await link.ended).toMatchObject({ message: 'stream timeout: no heartbeat received for 2000 ms' });
  });

  test('a certificate of an unknown authority is not accepted', async () => {
    const stranger = await createTestPki();
    await using server = await startGrpcServer(pki);
    await using files = await clientFiles(stranger, { port: server.port, pair: await pki.client('agent1') });
    await using transport = await grpcTransport(files.configPath);
    await expect(connect(transport)).rejects.toThrow(/^UNAVAILABLE: .*certificate/);
  });

  test('each attempt dials once, and nobody dials in between', async () => {
    let dials = 0;
    const refusing = createServer((socket) => {
      dials += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    const { port } = refusing.address() as AddressInfo;
    await using files = await clientFiles(pki, { port, pair: await pki.client('agent1') });
    await using transport = await grpcTransport(files.configPath);
    const { signal } = new AbortController();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await expect(connect(transport)).rejects.toThrow('UNAVAILABLE');
      expect(dials).toBe(attempt);
    }
    await expect(transport.connect({ subscription: undefined, onEvent: () => undefined, signal })).rejects.toThrow(
      `cannot connect to`,
    );
    expect(dials).toBe(4);
    refusing.close();
  });

  test('a session that lost its server fails at once, comes back and resyncs', async () => {
    await using env = await setUp();
    const stop = new AbortController();
    let resyncs = 0;
    const session = new EventSession({
      transport: env.transport,
      subscription,
      onEvent: () => undefined,
      resync: async (signal) => {
        resyncs += 1;
        if (resyncs === 1) throw new Error('the first one fails');
        await session.publish(anEvent(), published, signal);
      },
      clock: quickClock(100),
    });
    const { signal } = stop;
    await expect(session.publish(anEvent(), published, signal)).rejects.toMatchObject({
      reason: 'PublishError',
      message: 'Failed to publish resource work1: the cloudevents client is not ready',
    });
    const running = session.run(signal);
    await until(() => env.server.published.length === 1, { describe: 'a second attempt to resync' });
    env.wire.cut();
    await until(() => env.server.published.length >= 2 && session.isConnected, {
      describe: 'a resync on the new connection',
    });
    stop.abort();
    await running;
    await until(() => env.server.streams.size === 0, { describe: 'the stream to be cancelled' });
  });
});
