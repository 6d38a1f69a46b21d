import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { dataTypes, formatDataType } from '@ocm/cloudevents';
import { systemClock } from '@ocm/kube';
import { type ControlPlane, startControlPlane, until } from '@ocm/testing';
import { encodeSubscription, type RawEvent } from './grpc-client.ts';
import { fakeEvent, type FakeService, fakeService } from './grpc-fake-service.ts';
import { type GrpcLab, type RunningGrpcServer, startGrpcLab } from './grpc-lab.ts';

const BUNDLES = formatDataType(dataTypes.bundle);
const LEASES = formatDataType(dataTypes.lease);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

let controlPlane: ControlPlane;
let lab: GrpcLab;
let bundles: FakeService;
let leases: FakeService;
let server: RunningGrpcServer;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  lab = await startGrpcLab(controlPlane);
  [bundles, leases] = [fakeService(dataTypes.bundle), fakeService(dataTypes.lease)];
  server = await lab.startServer({ services: [bundles, leases] });
});
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await controlPlane?.stop();
});

/** A client with every right on the hub. */
async function anAdministrator() {
  const certificate = await lab.clientCertificate({ user: 'admin', groups: ['system:masters'] });
  return server.connect({ certificate });
}

const subscribers = async (cluster: string): Promise<string | undefined> =>
  (await server.metrics())
    .split('\n')
    .find((line) => line.startsWith(`grpc_server_ce_subscribers{consumer="${cluster}"`));

describe('a subscription', () => {
  test('[cloudevents-grpc 1] gets one id in the initial metadata at once, before any message', async () => {
    await lab.admitCluster('first');
    using client = await server.connectAs('first');
    const stream = await client.subscribe({ cluster: 'first', dataType: BUNDLES });
    // It has waited for nothing: the first heartbeat would come after 10 s.
    expect(stream.heartbeats).toEqual([]);
    expect(await stream.ids).toEqual([expect.stringMatching(UUID)]);
    bundles.push('first', { data: '{"a":1}' });
    const event = await stream.next(() => true, 'the event');
    expect(stream.first).toBe('metadata');
    expect(event).toMatchObject({
      source: 'kube',
      spec_version: '1.0',
      type: `${BUNDLES}.spec.update_request`,
      attributes: { 'ce-clustername': { ce_string: 'first' }, contenttype: { ce_string: 'application/json' } },
    });
    expect(event.binary_data?.toString()).toBe('{"a":1}');
  });

  test('[cloudevents-grpc 2] of ten to the same, each has its own id and all get every event, and nobody else does', async () => {
    await Promise.all(['ten', 'other'].map((cluster) => lab.admitCluster(cluster)));
    using client = await server.connectAs('ten');
    using stranger = await server.connectAs('other');
    const streams = await Promise.all(
      Array.from({ length: 10 }, () => client.subscribe({ cluster: 'ten', dataType: BUNDLES })),
    );
    const [foreign, another] = [
      await stranger.subscribe({ cluster: 'other', dataType: BUNDLES }),
      await client.subscribe({ cluster: 'ten', dataType: LEASES }),
    ];
    const ids = await Promise.all(streams.map(({ ids }) => ids));
    expect(new Set(ids.flat()).size).toBe(10);
    for (const resourceId of ['a', 'b', 'c']) bundles.push('ten', { resourceId });
    await until(() => streams.every(({ events }) => events.length === 3), { describe: 'three events on each stream' });
    bundles.push('other');
    leases.push('ten');
    await foreign.next(() => true, 'the event of the other cluster');
    await another.next(() => true, 'the event of the other type');
    expect([foreign.events, another.events].map(({ length }) => length)).toEqual([1, 1]);
    expect(streams.map(({ events }) => events.length)).toEqual(Array.from({ length: 10 }, () => 3));
  });

  test('[cloudevents-grpc 3] connects, subscribes and closes five times without a trace', async () => {
    await lab.admitCluster('quick');
    const before = await subscribers('quick');
    for (let cycle = 0; cycle < 5; cycle += 1) {
      using client = await server.connectAs('quick');
      const stream = await client.subscribe({ cluster: 'quick', dataType: BUNDLES });
      expect(await subscribers('quick')).toMatch(/ 1$/);
      stream.cancel();
      await until(async () => (await subscribers('quick')) === before, {
        describe: 'the former number of subscribers',
      });
    }
  });

  test('[cloudevents-grpc 4] without a cluster name is refused, and the answer names what is missing', async () => {
    using client = await anAdministrator();
    const stream = client.open({ dataType: BUNDLES });
    expect(await stream.ended).toEqual({
      code: status.INVALID_ARGUMENT,
      details: 'invalid subscription request: missing cluster name',
    });
  });

  test.each(['invalid-type', '', 'a.b.c', 'io.open-cluster-management.works.v1alpha1.manifests'])(
    '[cloudevents-grpc 5] to data type %j is refused without a header',
    async (dataType) => {
      using client = await anAdministrator();
      const stream = client.open({ cluster: 'first', dataType });
      const { code, details } = await stream.ended;
      expect({ code, details }).toEqual({
        code: status.PERMISSION_DENIED,
        details: expect.stringContaining('access denied: '),
      });
      expect((await Promise.allSettled([stream.ids]))[0]).toMatchObject({ status: 'rejected' });
    },
  );

  test('[cloudevents-grpc 53] to another cluster is refused', async () => {
    await Promise.all(['mine', 'yours'].map((cluster) => lab.admitCluster(cluster)));
    using client = await server.connectAs('mine');
    const { code, details } = await client.open({ cluster: 'yours', dataType: BUNDLES }).ended;
    expect(code).toBe(status.PERMISSION_DENIED);
    expect(details).toContain('is not cluster "yours"');
    using stranger = server.connect({ certificate: await lab.clientCertificate({ user: 'somebody' }) });
    expect(await stranger.open({ cluster: 'yours', dataType: BUNDLES }).ended).toEqual({
      code: status.PERMISSION_DENIED,
      details:
        'access denied: user "somebody" may not watch manifestworks.work.open-cluster-management.io of cluster "yours"',
    });
  });

  test('ends when the rights behind it are gone', async () => {
    await lab.admitCluster('denied');
    await using strict = await lab.startServer({ services: [fakeService(dataTypes.bundle)], recheckMs: 500 });
    using client = await strict.connectAs('denied');
    const stream = await client.subscribe({ cluster: 'denied', dataType: BUNDLES });
    await lab.denyCluster('denied');
    expect(await stream.ended).toMatchObject({ code: status.PERMISSION_DENIED });
  });

  test('ends when the certificate behind it expires', async () => {
    await lab.admitCluster('expiring');
    await using strict = await lab.startServer({ services: [fakeService(dataTypes.bundle)], recheckMs: 500 });
    const certificate = await lab.clientCertificate({
      user: 'expiring-agent',
      groups: ['system:open-cluster-management:expiring'],
      lifetimeMs: 5000,
    });
    using client = strict.connect({ certificate });
    const stream = await client.subscribe({ cluster: 'expiring', dataType: BUNDLES });
    expect(await stream.ended).toEqual({
      code: status.UNAUTHENTICATED,
      details: expect.stringContaining('it has expired'),
    });
  });

  test('goes on while the hub cannot say whether it may', async () => {
    const own = await startControlPlane({ crds: false });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => own.stop());
    const ownLab = stack.use(await startGrpcLab(own));
    await ownLab.admitCluster('patient');
    const service = fakeService(dataTypes.bundle);
    const patient = await ownLab.startServer({ services: [service], recheckMs: 500 });
    using client = await patient.connectAs('patient');
    const stream = await client.subscribe({ cluster: 'patient', dataType: BUNDLES });
    await own.stopApiServer();
    const { code, details } = await client.open({ cluster: 'patient', dataType: LEASES }).ended;
    expect({ code, details }).toEqual({
      code: status.PERMISSION_DENIED,
      details: expect.stringContaining('the permission could not be checked'),
    });
    service.push('patient');
    await stream.next(() => true, 'an event');
  });
});

const aKilobyte = 'x'.repeat(1024);

describe('streams are no burden to each other', () => {
  test('[cloudevents-grpc 63] one that does not read delays nobody, and gets the newest state when it reads again', async () => {
    await Promise.all(['lazy', 'keen'].map((cluster) => lab.admitCluster(cluster)));
    using lazyClient = await server.connectAs('lazy');
    using keenClient = await server.connectAs('keen');
    const lazy = await lazyClient.subscribe({ cluster: 'lazy', dataType: BUNDLES });
    const keen = await keenClient.subscribe({ cluster: 'keen', dataType: BUNDLES });
    lazy.pause();
    // Far more than fits between the two: what waits is the newest state of each of ten resources.
    for (let version = 1; version <= 200; version += 1) {
      for (let index = 0; index < 10; index += 1) {
        bundles.push('lazy', {
          resourceId: `r${index}`,
          data: JSON.stringify({ version, padding: aKilobyte.repeat(10) }),
        });
      }
    }
    bundles.push('keen', { resourceId: 'k' });
    await keen.next(() => true, 'the event of the other cluster');
    lazy.resume();
    await until(
      () => {
        const last = new Map(lazy.events.map((event) => [event.attributes['ce-resourceid']?.ce_string, event]));
        return last.size === 10 && [...last.values()].every(({ binary_data }) => versionOf(binary_data) === 200);
      },
      { describe: 'the newest state of all ten resources' },
    );
    expect(lazy.events.length).toBeLessThan(1000);
  });

  test('one that falls behind too far is ended; subscribing and resyncing again helps', async () => {
    await lab.admitCluster('overrun');
    using client = await server.connectAs('overrun');
    const stream = await client.subscribe({ cluster: 'overrun', dataType: BUNDLES });
    stream.pause();
    for (let index = 0; index < 20; index += 1) {
      bundles.push('overrun', { resourceId: `r${index}`, data: JSON.stringify({ padding: aKilobyte.repeat(1024) }) });
    }
    stream.resume();
    expect(await stream.ended).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining('subscribe and resync again'),
    });
    const again = await client.subscribe({ cluster: 'overrun', dataType: BUNDLES });
    bundles.push('overrun', { resourceId: 'r0' });
    await again.next(() => true, 'an event');
  });

  test('one that does not even read its end is cut off', async () => {
    await lab.admitCluster('deaf');
    const clock = { ...systemClock, schedule: hurried };
    const service = fakeService(dataTypes.bundle);
    await using quick = await lab.startServer({ services: [service], clock, heartbeatMs: undefined });
    const { certificatePem: cert, privateKeyPem: key } = await lab.clusterCertificate('deaf');
    const session = connectHttp2(`https://127.0.0.1:${quick.port}`, { ca: lab.ca.certificatePem, cert, key });
    session.on('error', () => undefined); // a reset, when it is cut
    const closed = new Promise((resolve) => session.once('close', resolve));
    const call = session.request({
      ':method': 'POST',
      ':path': '/io.cloudevents.v1.CloudEventService/Subscribe',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.on('error', () => undefined);
    call.end(framed(encodeSubscription({ cluster: 'deaf', dataType: BUNDLES })));
    await once(call, 'response');
    for (let index = 0; index < 20; index += 1) {
      service.push('deaf', { resourceId: `r${index}`, data: JSON.stringify({ padding: aKilobyte.repeat(1024) }) });
    }
    await closed;
  });

  test('a stranger who begins many requests and ends none is cut off, and clusters notice nothing', async () => {
    await lab.admitCluster('unharmed');
    const service = fakeService(dataTypes.bundle);
    await using guarded = await lab.startServer({ services: [service], mostUnfinishedBytes: 8 * 1024 * 1024 });
    using client = await guarded.connectAs('unharmed');
    const stream = await client.subscribe({ cluster: 'unharmed', dataType: BUNDLES });
    const session = connectHttp2(`https://127.0.0.1:${guarded.port}`, { ca: lab.ca.certificatePem });
    session.on('error', () => undefined); // a reset, when it is cut
    const closed = new Promise((resolve) => session.once('close', resolve));
    for (let index = 0; index < 20; index += 1) {
      const call = session.request({
        ':method': 'POST',
        ':path': '/io.cloudevents.v1.CloudEventService/Publish',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      call.on('error', () => undefined);
      call.write(framed(Buffer.alloc(3 * 1024 * 1024)).subarray(0, 2 * 1024 * 1024));
    }
    await closed;
    service.push('unharmed');
    await stream.next(() => true, 'an event');
  });

  test('a large resync comes complete to a stream that is slow, while others are served', async () => {
    await Promise.all(['big', 'small'].map((cluster) => lab.admitCluster(cluster)));
    const COUNT = 2000;
    bundles.answers = function* (cluster) {
      if (cluster !== 'big') return;
      for (let index = 0; index < COUNT; index += 1) {
        yield fakeEvent(dataTypes.bundle, cluster, {
          resourceId: `r${index}`,
          data: JSON.stringify({ padding: aKilobyte.repeat(20) }),
        });
      }
    };
    using bigClient = await server.connectAs('big');
    using smallClient = await server.connectAs('small');
    const big = await bigClient.subscribe({ cluster: 'big', dataType: BUNDLES });
    const small = await smallClient.subscribe({ cluster: 'small', dataType: BUNDLES });
    const resync = bigClient.publish(aResync('big', '{}'));
    bundles.push('small');
    await small.next(() => true, 'the event of the other cluster');
    expect(await resync).toMatchObject({ code: status.OK });
    await until(() => big.events.length === COUNT, { describe: 'all answers', deadlineMs: 40_000 });
  });

  test('a heartbeat comes in time while a cluster with thousands of objects resyncs', async () => {
    await lab.admitCluster('beating');
    const service = fakeService(dataTypes.bundle);
    service.answers = function* (cluster) {
      for (let index = 0; index < 8000; index += 1)
        yield fakeEvent(dataTypes.bundle, cluster, { resourceId: `r${index}` });
    };
    await using beating = await lab.startServer({ services: [service], heartbeatMs: 100 });
    using client = await beating.connectAs('beating');
    const stream = await client.subscribe({ cluster: 'beating', dataType: BUNDLES });
    const startedMs = Date.now();
    expect(await client.publish(aResync('beating', '{}'))).toMatchObject({ code: status.OK });
    // Half of them are enough to tell: a busy machine lets timers wait, too.
    const expected = Math.floor((Date.now() - startedMs) / 200) - 2;
    await until(() => stream.events.length === 8000, { describe: 'all answers' });
    expect(stream.heartbeats.length).toBeGreaterThanOrEqual(expected);
  });
});

function versionOf(data: Buffer | undefined): unknown {
  return (JSON.parse(data?.toString() ?? '{}') as { version?: number }).version;
}

/** Long waits are cut short. */
function hurried(ms: number, run: () => void, options?: { readonly background?: boolean }): () => void {
  return systemClock.schedule(ms >= 10_000 ? 500 : ms, run, options);
}

/** As a message travels: not compressed, its length, the message. */
function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function aResync(cluster: string, payload: string): RawEvent {
  return {
    id: randomUUID(),
    source: cluster,
    spec_version: '1.0',
    type: `${BUNDLES}.spec.resync_request`,
    attributes: { 'ce-clustername': { ce_string: cluster }, 'ce-originalsource': { ce_string: '' } },
    binary_data: Buffer.from(payload),
  };
}
