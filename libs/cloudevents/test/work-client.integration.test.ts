import { beforeAll, describe, expect, test } from '@jest/globals';
import { finalizers, labels, ManifestWork } from '@ocm/api';
import { type Clock, informer } from '@ocm/kube';
import { until } from '@ocm/testing';
import { type EventClient, eventClient, grpcTransport, workStatusHash } from '../src/index.ts';
import { clientFiles } from './client-files.ts';
import { FakeHub, failure, type HubWork, text } from './fake-hub.ts';
import { createTestPki, startGrpcServer, startWire, type TestPki } from './grpc-server.ts';
import { quickClock } from './quick-clock.ts';

const work1: HubWork = { uid: 'u1', name: 'work1', generation: 1, value: 'a', isDeleting: false };
const ref = { namespace: 'cluster1', name: 'work1' };
const condition = {
  type: 'Applied',
  status: 'True',
  reason: 'AppliedManifestWorkComplete',
  message: 'done',
  lastTransitionTime: '2026-01-31T09:00:00Z',
} as const;

describe('works of an agent over gRPC', () => {
  let pki: TestPki;
  beforeAll(async () => {
    pki = await createTestPki();
  });

  async function setUp(
    prepare: (hub: FakeHub) => void = () => undefined,
    { extra = [], clock = quickClock(20) }: { readonly extra?: readonly string[]; readonly clock?: Clock } = {},
  ) {
    const stack = new AsyncDisposableStack();
    const server = stack.use(await startGrpcServer(pki));
    const hub = new FakeHub(server);
    prepare(hub);
    const wire = stack.use(await startWire(server.port));
    const files = stack.use(await clientFiles(pki, { port: wire.port, pair: await pki.client('agent1'), extra }));
    const transport = stack.use(await grpcTransport(files.configPath, { clock }));
    const stop = new AbortController();
    const { signal } = stop;
    const start = (): { readonly client: EventClient; readonly running: Promise<void> } => {
      const client = eventClient({
        transport,
        clusterName: 'cluster1',
        sourceId: 'cluster1-work-agent',
        kinds: [ManifestWork],
        clock,
      });
      return { client, running: client.run(signal) };
    };
    const { client, running } = start();
    stack.defer(async () => {
      stop.abort();
      await running;
    });
    return {
      server,
      hub,
      wire,
      client,
      signal,
      works: client.kind(ManifestWork),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  }

  test('[cloudevents-grpc 25] an agent with an empty store gets all works of its cluster by resync', async () => {
    await using env = await setUp((hub) => {
      for (let index = 0; index < 20; index += 1)
        hub.works.set(`u${index}`, { ...work1, uid: `u${index}`, name: `w${index}` });
    });
    await env.client.waitForSync(env.signal);
    const names: string[] = [];
    for await (const { items } of env.works.list({ signal: env.signal, limit: 7 }))
      names.push(...items.map(({ metadata }) => metadata.name));
    expect(names).toHaveLength(20);
    expect(await env.works.get({ namespace: 'cluster1', name: 'w7' }, env)).toMatchObject({
      metadata: { uid: 'u7', generation: 1, labels: { l: 'v', [labels.originalSource]: 'kube' } },
      spec: { workload: { manifests: [{ kind: 'ConfigMap', data: { value: 'a' } }] } },
    });
  });

  test('before the hub has answered, absence is no answer', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    env.server.behaviour.admit = () => ({ code: 14, details: 'starting' });
    await expect(env.works.find({ namespace: 'cluster1', name: 'x' }, env)).rejects.toMatchObject({
      code: 'unavailable',
    });
    env.server.behaviour.admit = () => ['id'];
    await env.client.waitForSync(env.signal);
    expect(await env.works.find({ namespace: 'cluster1', name: 'x' }, env)).toBeUndefined();
    expect(await env.works.find(ref, env)).toBeDefined();
  });

  test('an informer follows the works: added, updated, renamed, deleted', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { hub, signal } = env;
    const cache = informer(env.works, { namespace: 'cluster1' });
    const following = cache.run(signal);
    await cache.waitForSync(signal);
    expect(cache.get(ref)?.metadata.uid).toBe('u1');
    hub.put({ ...work1, generation: 2, value: 'b' });
    await until(() => cache.get(ref)?.metadata.generation === 2, { describe: 'the update' });
    hub.put({ ...work1, generation: 3, name: 'other' });
    await until(() => cache.get({ namespace: 'cluster1', name: 'other' }) !== undefined && cache.size === 1, {
      describe: 'the new name',
    });
    hub.put({ ...work1, generation: 3, name: 'other', isDeleting: true });
    await until(() => cache.list()[0]?.metadata.deletionTimestamp, { describe: 'the deletion' });
    await env.works.patchMetadata(await env.works.get({ ...ref, name: 'other' }, env), { finalizers: [] }, { signal });
    await until(() => cache.size === 0 && hub.works.size === 0, { describe: 'the end' });
    void following;
  });

  test('[cloudevents-grpc 36] finalizers and status of the agent survive an update of the bundle', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { works, hub, signal } = env;
    await env.client.waitForSync(signal);
    const seen = await works.get(ref, env);
    const kept = await works.patchMetadata(seen, { finalizers: [finalizers.work] }, { signal });
    await works.patchStatus(kept, { conditions: [condition] }, { signal });
    hub.put({ ...work1, generation: 2, value: 'b' });
    await until(async () => (await works.get(ref, env)).metadata.generation === 2, { describe: 'the update' });
    expect(await works.get(ref, env)).toMatchObject({
      metadata: { finalizers: [finalizers.work] },
      status: { conditions: [condition] },
      spec: { workload: { manifests: [{ data: { value: 'b' } }] } },
    });
    expect(hub.statuses.get('u1')?.event).toMatchObject({
      source: 'cluster1-work-agent',
      type: 'io.open-cluster-management.works.v1alpha1.manifestbundles.status.update_request',
      attributes: {
        'ce-originalsource': text('kube'),
        'ce-resourceversion': { ce_integer: 1 },
        'ce-statushash': text(workStatusHash({ conditions: [condition] })),
      },
    });
    expect(env.server.published.filter(({ type }) => type.includes('.status.'))).toHaveLength(1);
  });

  test('of two statuses made from the same version, the second is a conflict and nothing of the first is lost', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { works, hub, signal } = env;
    await env.client.waitForSync(signal);
    const seen = await works.get(ref, env);
    const available = { ...condition, type: 'Available' };
    const [first, second] = await Promise.allSettled([
      works.patchStatus(seen, { conditions: [condition] }, { signal }),
      works.patchStatus(seen, { conditions: [available] }, { signal }),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    expect((await works.get(ref, env)).status).toEqual({ conditions: [condition] });
    expect(hub.statuses.get('u1')?.payload.conditions).toEqual([condition]);
  });

  test('[cloudevents-grpc 35] an older generation is ignored, generation 0 is taken', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', { ...work1, generation: 5 }));
    const { hub, works, signal } = env;
    await env.client.waitForSync(signal);
    hub.tell({ ...work1, generation: 4, value: 'old' }, 'update_request');
    hub.tell({ ...work1, uid: 'u2', name: 'marker' }, 'create_request');
    await until(() => works.find({ namespace: 'cluster1', name: 'marker' }, env), { describe: 'the next event' });
    expect((await works.get(ref, env)).metadata.generation).toBe(5);
    hub.tell({ ...work1, generation: 0, value: 'unversioned' }, 'update_request');
    await until(async () => (await works.get(ref, env)).metadata.generation === 0, {
      describe: 'the unversioned work',
    });
  });

  test('[cloudevents-grpc 37] bundles that are not allowed are ignored and the agent stays connected', async () => {
    await using env = await setUp();
    const { hub, server, works } = env;
    await env.client.waitForSync(env.signal);
    const bad = [
      { manifests: [] },
      { manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' } }] },
      {
        manifests: [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { k: 'x'.repeat(500 * 1024) } },
        ],
      },
    ];
    for (const payload of bad)
      server.send({ ...hub.event(work1, 'create_request'), binary_data: Buffer.from(JSON.stringify(payload)) });
    hub.put({ ...work1, uid: 'u2', name: 'good' });
    await until(() => works.find({ namespace: 'cluster1', name: 'good' }, env), { describe: 'the good one' });
    expect(await works.find(ref, env)).toBeUndefined();
    expect(env.wire.accepted).toBe(1);
  });

  test('a work that is unknown to the hub is deleted, also when the deletion has no version', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { hub, works, signal, server } = env;
    await env.client.waitForSync(signal);
    await works.patchMetadata(await works.get(ref, env), { finalizers: [finalizers.work] }, { signal });
    server.send(hub.deletion('u1'));
    const deleting = await until(
      async () => {
        const work = await works.get(ref, env);
        return work.metadata.deletionTimestamp === undefined ? undefined : work;
      },
      { describe: 'the deletion' },
    );
    expect(deleting.spec).toBeDefined();
    expect(hub.statuses.size).toBe(0);
    await works.patchMetadata(deleting, { finalizers: [] }, { signal });
    await until(async () => (await works.find(ref, env)) === undefined, { describe: 'the work to be dropped' });
    expect(hub.statuses.get('u1')?.payload.conditions).toMatchObject([
      {
        type: 'Deleted',
        status: 'True',
        reason: 'ManifestsDeleted',
        message: 'The manifests are deleted from the cluster cluster1',
      },
    ]);
  });

  test('a deleted work stays until the report of its end was accepted', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { hub, works, server } = env;
    await env.client.waitForSync(env.signal);
    const { publish } = server.behaviour;
    let refused = 0;
    server.behaviour.publish = () => {
      refused += 1;
      throw failure('{}');
    };
    hub.put({ ...work1, isDeleting: true });
    // The source has a finalizer of its own; the agent never had one here.
    await until(async () => (await works.get(ref, env)).metadata.deletionTimestamp !== undefined, {
      describe: 'the deletion',
    });
    const seen = await works.get(ref, env);
    await works.patchMetadata(seen, { finalizers: [] }, env);
    await until(() => refused >= 2, { describe: 'a second report' });
    expect(await works.find(ref, env)).toBeDefined();
    server.behaviour.publish = publish;
    await until(async () => (await works.find(ref, env)) === undefined && hub.works.size === 0, {
      describe: 'the end',
    });
  });

  test('[cloudevents-grpc 32] status resync: an empty list means all, else what differs and is listed', async () => {
    await using env = await setUp((hub) => {
      for (const uid of ['u1', 'u2', 'u3']) hub.works.set(uid, { ...work1, uid, name: `w-${uid}` });
    });
    const { hub } = env;
    await env.client.waitForSync(env.signal);
    const answered = async (hashes: Parameters<FakeHub['statusResync']>[0], count: number): Promise<string[]> => {
      hub.statuses.clear();
      hub.statusResync(hashes);
      hub.statusResync([{ resourceID: 'u3', statusHash: 'marker' }]); // answered after it
      await until(() => hub.statuses.has('u3') && hub.statuses.size >= count, { describe: 'the answers' });
      return [...hub.statuses.keys()].toSorted();
    };
    const equal = workStatusHash(undefined);
    expect(await answered([], 3)).toEqual(['u1', 'u2', 'u3']);
    expect(await answered([{ resourceID: 'u1', statusHash: equal }], 1)).toEqual(['u3']);
    expect(
      await answered(
        [
          { resourceID: 'u1', statusHash: 'x' },
          { resourceID: 'u2', statusHash: equal },
        ],
        2,
      ),
    ).toEqual(['u1', 'u3']);
    expect(hub.statuses.get('u1')?.event.type).toMatch(/\.status\.resync_response$/);
  });

  test('a status that was based on an older state is a conflict, and so is one without a version', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { works, signal } = env;
    await env.client.waitForSync(signal);
    const seen = await works.get(ref, env);
    await works.patchMetadata(seen, { labels: { more: 'x' } }, { signal });
    await expect(works.patchStatus(seen, { conditions: [condition] }, { signal })).rejects.toMatchObject({
      code: 'conflict',
    });
    const forced = { ...seen, metadata: { ...seen.metadata, resourceVersion: '0' } };
    expect(await works.patchStatus(forced, { conditions: [condition] }, { signal })).toMatchObject({
      metadata: { labels: { more: 'x' } },
      status: { conditions: [condition] },
    });
  });

  test('whatever events cannot do is refused with 405', async () => {
    await using env = await setUp((hub) => hub.works.set('u1', work1));
    const { works, signal } = env;
    await env.client.waitForSync(signal);
    const seen = await works.get(ref, env);
    const refused = { code: 'bad-request', status: 405 };
    await expect(works.create(seen, { signal })).rejects.toMatchObject(refused);
    await expect(works.replace(seen, { signal })).rejects.toMatchObject(refused);
    await expect(works.delete(ref, { signal })).rejects.toMatchObject(refused);
    await expect(works.patchSpec(seen, {}, { signal })).rejects.toMatchObject(refused);
    await expect(works.mergePatch(ref, {}, { signal, subresource: 'scale' })).rejects.toMatchObject(refused);
  });

  test('after a cut everything that changed meanwhile arrives', async () => {
    await using env = await setUp((hub) => {
      hub.works.set('u1', work1);
      hub.works.set('u2', { ...work1, uid: 'u2', name: 'work2' });
    });
    const { hub, works, wire, client } = env;
    await client.waitForSync(env.signal);
    // The hub tells nobody of these.
    hub.works.set('u1', { ...work1, generation: 2 });
    hub.works.delete('u2');
    hub.works.set('u3', { ...work1, uid: 'u3', name: 'work3' });
    wire.cut();
    await until(() => works.find({ namespace: 'cluster1', name: 'work3' }, env), { describe: 'the new work' });
    await until(async () => (await works.get(ref, env)).metadata.generation === 2, { describe: 'the update' });
    await until(
      async () => (await works.get({ ...ref, name: 'work2' }, env)).metadata.deletionTimestamp !== undefined,
      { describe: 'the deletion' },
    );
  });

  test('[cloudevents-grpc 14] a client that misses heartbeats reconnects and resyncs, and stays once they flow', async () => {
    const clock = quickClock(16);
    await using env = await setUp(undefined, { extra: ['serverHealthinessTimeout: 20s'], clock });
    const { hub, wire, client, server } = env;
    await until(() => wire.accepted >= 3 && hub.resyncs >= 2, { describe: 'reconnections' });
    const beats = setInterval(() => server.heartbeat(), 100);
    try {
      // Four times as long as it would last without; a machine that stands still for longer than the timeout is forgiven.
      const lasts = async (): Promise<boolean> => {
        const before = wire.accepted;
        if (!client.isConnected(ManifestWork)) return false;
        await clock.sleep(80_000, env.signal);
        return client.isConnected(ManifestWork) && wire.accepted === before;
      };
      await until(lasts, { describe: 'a connection that lasts', deadlineMs: 60_000 });
    } finally {
      clearInterval(beats);
    }
  });

  test('[cloudevents-grpc 15] without a healthiness timeout a silent server is no reason to reconnect', async () => {
    const clock = quickClock(100);
    await using env = await setUp(undefined, { clock });
    await env.client.waitForSync(env.signal);
    const { accepted } = env.wire; // more than one when the first took too long on a busy machine
    await clock.sleep(15 * 60_000, env.signal);
    expect({ accepted: env.wire.accepted, isConnected: env.client.isConnected(ManifestWork) }).toEqual({
      accepted,
      isConnected: true,
    });
  });
});
