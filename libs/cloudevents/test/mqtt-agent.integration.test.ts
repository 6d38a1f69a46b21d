import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { finalizers, labels, ManifestWork } from '@ocm/api';
import { startMqttBroker, until } from '@ocm/testing';
import { type EventClient, eventClient, mqttTransport, workStatusHash } from '../src/index.ts';
import { startWire } from './grpc-server.ts';
import { BUNDLES, bundleMessage, mqttFiles, mqttPeer, type RawMessage, TOPICS } from './mqtt-peer.ts';
import { quickClock } from './quick-clock.ts';

/** A port on which nobody listens. */
const NOBODY = 1;
const SOURCE_EVENTS = 'sources/s1/clusters/cluster1/sourceevents';
const AGENT_EVENTS = 'sources/s1/clusters/cluster1/agentevents';
const work1 = { uid: 'u1', name: 'work1', generation: 1, value: 'a' };
const ref = { namespace: 'cluster1', name: 'work1' };
const condition = {
  type: 'Applied',
  status: 'True',
  reason: 'AppliedManifestWorkComplete',
  message: 'done',
  lastTransitionTime: '2026-01-31T09:00:00Z',
} as const;

async function setUp({ topics = TOPICS }: { readonly topics?: Partial<typeof TOPICS> } = {}) {
  const stack = new AsyncDisposableStack();
  const clock = quickClock(20);
  const broker = stack.use(await startMqttBroker());
  const peer = stack.use(await mqttPeer(broker, { subscriptions: ['sources/+/clusters/+/agentevents', 'clusters/#'] }));
  const wire = stack.use(await startWire(broker.port));
  const files = stack.use(await mqttFiles({ broker: { ...broker, address: `127.0.0.1:${wire.port}` }, topics }));
  const stop = new AbortController();
  const { signal } = stop;
  const start = async (): Promise<{ client: EventClient; end: () => Promise<void> }> => {
    const role = { kind: 'agent', clusterName: 'cluster1' } as const;
    const transport = await mqttTransport(files.configPath, { role, clientId: 'work-agent', clock });
    const ending = new AbortController();
    const client = eventClient({
      transport,
      clusterName: 'cluster1',
      sourceId: 'cluster1-work-agent',
      kinds: [ManifestWork],
      clock,
    });
    const running = client.run(ending.signal);
    const end = async (): Promise<void> => {
      ending.abort();
      await running;
      await transport[Symbol.asyncDispose]();
    };
    return { client, end };
  };
  const { client, end } = await start();
  stack.defer(end);
  return {
    broker,
    peer,
    wire,
    client,
    signal,
    start,
    works: client.kind(ManifestWork),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function statusResync(statusHashes: readonly object[], clustername = 'cluster1'): RawMessage {
  return {
    attributes: {
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-source': 's1',
      'ce-type': `${BUNDLES}.status.resync_request`,
      'ce-clustername': clustername,
      'ce-originalsource': '',
    },
    contentType: 'application/json',
    payload: JSON.stringify({ statusHashes }),
  };
}

describe('works of an agent over MQTT, with a source that is not ours', () => {
  test('[cloudevents-grpc 67] create, update, status and delete; versions come as strings', async () => {
    await using env = await setUp();
    const { peer, works, signal } = env;
    await env.client.waitForSync(signal);
    await peer.send(SOURCE_EVENTS, bundleMessage(work1));
    const created = await until(() => works.find(ref, env), { describe: 'the work' });
    expect(created).toMatchObject({
      metadata: { uid: 'u1', generation: 1, labels: { [labels.originalSource]: 's1' } },
      spec: { workload: { manifests: [{ kind: 'ConfigMap', data: { value: 'a' } }] } },
    });
    const held = await works.patchMetadata(created, { finalizers: [finalizers.work] }, { signal });
    await works.patchStatus(held, { conditions: [condition] }, { signal });
    await peer.send(
      SOURCE_EVENTS,
      bundleMessage({ ...work1, generation: 2, value: 'b' }, { action: 'update_request' }),
    );
    await until(async () => (await works.get(ref, env)).metadata.generation === 2, { describe: 'the update' });

    const [status] = await until(() => nonEmpty(peer.ofType('status.update_request')), { describe: 'the status' });
    expect(status).toMatchObject({
      topic: AGENT_EVENTS,
      qos: 1,
      contentType: 'application/json',
      attributes: {
        'ce-specversion': '1.0',
        'ce-source': 'cluster1-work-agent',
        'ce-type': `${BUNDLES}.status.update_request`,
        'ce-clustername': 'cluster1',
        'ce-originalsource': 's1',
        'ce-resourceid': 'u1',
        'ce-resourceversion': '1',
        'ce-sequenceid': expect.stringMatching(/^\d{18,19}$/),
        'ce-statushash': workStatusHash({ conditions: [condition] }),
        'ce-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      },
    });
    expect(JSON.parse(status?.payload ?? '')).toEqual({ conditions: [condition] });

    await peer.send(
      SOURCE_EVENTS,
      bundleMessage({ ...work1, generation: 2 }, { isDeleting: true, action: 'delete_request' }),
    );
    const deleting = await until(
      async () => {
        const work = await works.get(ref, env);
        return work.metadata.deletionTimestamp === undefined ? undefined : work;
      },
      { describe: 'the deletion' },
    );
    await works.patchMetadata(deleting, { finalizers: [] }, { signal });
    await until(async () => (await works.find(ref, env)) === undefined, { describe: 'the end' });
    const last = await until(() => peer.ofType('status.update_request')[1], { describe: 'the report of the end' });
    expect(JSON.parse(last.payload)).toMatchObject({
      conditions: [condition, { type: 'Deleted', status: 'True' }],
    });
  });

  test('[cloudevents-grpc 67] without versions, every event counts in the order in which they come', async () => {
    await using env = await setUp();
    const { peer, works } = env;
    await env.client.waitForSync(env.signal);
    for (const value of ['a', 'b', 'c'])
      await peer.send(SOURCE_EVENTS, bundleMessage({ ...work1, generation: 0, value }));
    await until(
      async () => {
        const [manifest] = (await works.find(ref, env))?.spec?.workload?.manifests ?? [];
        return (manifest?.['data'] as { value?: string } | undefined)?.value === 'c';
      },
      { describe: 'the last value' },
    );
  });

  test('[cloudevents-grpc 68] a resync goes to the broadcast, or to the events where there is none', async () => {
    {
      await using env = await setUp();
      const [request] = await until(() => nonEmpty(env.peer.ofType('spec.resync_request')), { describe: 'a resync' });
      expect(request).toMatchObject({
        topic: 'clusters/cluster1/agentbroadcast',
        attributes: { 'ce-originalsource': '' },
      });
      expect(JSON.parse(request?.payload ?? '')).toEqual({ resourceVersions: [] });
    }
    const { agentBroadcast: _, ...topics } = TOPICS;
    await using env = await setUp({ topics });
    const [request] = await until(() => nonEmpty(env.peer.ofType('spec.resync_request')), { describe: 'a resync' });
    expect(request?.topic).toBe(AGENT_EVENTS);
  });

  test('[cloudevents-grpc 32] status resync, to the cluster and as a broadcast: an empty list means all, else what differs and is listed', async () => {
    await using env = await setUp();
    const { peer, client } = env;
    await client.waitForSync(env.signal);
    for (const uid of ['u1', 'u2', 'u3'])
      await peer.send(SOURCE_EVENTS, bundleMessage({ ...work1, uid, name: `w-${uid}` }));
    await until(() => env.works.find({ ...ref, name: 'w-u3' }, env), { describe: 'the works' });
    const answered = async (topic: string, request: RawMessage, count: number): Promise<unknown[]> => {
      peer.seen.splice(0);
      await peer.send(topic, request);
      await peer.send(SOURCE_EVENTS, statusResync([{ resourceID: 'u3', statusHash: 'marker' }])); // answered after it
      await until(() => peer.ofType('status.resync_response').length >= count + 1, { describe: 'the answers' });
      return peer.ofType('status.resync_response').map(({ attributes }) => attributes['ce-resourceid']);
    };
    const equal = workStatusHash(undefined);
    const some = [
      { resourceID: 'u1', statusHash: 'x' },
      { resourceID: 'u2', statusHash: equal },
    ];
    expect(await answered(SOURCE_EVENTS, statusResync([]), 3)).toEqual(['u1', 'u2', 'u3', 'u3']);
    expect(await answered('sources/s1/sourcebroadcast', statusResync([], ''), 3)).toEqual(['u1', 'u2', 'u3', 'u3']);
    expect(await answered(SOURCE_EVENTS, statusResync([{ resourceID: 'u1', statusHash: equal }]), 0)).toEqual(['u3']);
    expect(await answered(SOURCE_EVENTS, statusResync(some), 1)).toEqual(['u1', 'u3']);
  });

  test('a structured message is understood', async () => {
    await using env = await setUp();
    await env.client.waitForSync(env.signal);
    const { attributes, payload } = bundleMessage(work1);
    const members = Object.entries(attributes).map(([name, value]) => [name.slice('ce-'.length), value]);
    const document = {
      ...Object.fromEntries(members),
      resourceversion: 1,
      data: JSON.parse(String(payload)) as unknown,
    };
    const contentType = 'application/cloudevents+json';
    await env.peer.send(SOURCE_EVENTS, { attributes: {}, contentType, payload: JSON.stringify(document) });
    expect(await until(() => env.works.find(ref, env), { describe: 'the work' })).toMatchObject({
      metadata: { uid: 'u1', generation: 1 },
    });
  });

  test('what is no event, or not for this agent, is dropped, and the next one is taken', async () => {
    await using env = await setUp();
    const { peer } = env;
    await env.client.waitForSync(env.signal);
    const good = bundleMessage(work1);
    const { 'ce-specversion': _, ...versionless } = good.attributes;
    const bad: readonly RawMessage[] = [
      { attributes: {} },
      { ...good, attributes: versionless },
      { ...good, attributes: { ...good.attributes, 'ce-type': 'nonsense' } },
      { ...good, attributes: { ...good.attributes, 'ce-type': ['a', 'b'] } },
      { ...good, attributes: { ...good.attributes, 'ce-resourceversion': 'seven' } },
      { ...good, attributes: { ...good.attributes, 'ce-clustername': 'cluster2' } },
      { ...good, attributes: { ...good.attributes, 'ce-metadata': '{' } },
      { ...good, payload: '{"manifests":[]}' },
      { ...good, payload: Buffer.from([0xff, 0xfe, 0]) },
      { ...good, contentType: 'application/cloudevents+json', payload: '[' },
      { ...good, contentType: 'application/cloudevents-batch+json', payload: '[]' },
    ];
    for (const message of bad) await peer.send(SOURCE_EVENTS, message);
    await peer.send(SOURCE_EVENTS, bundleMessage({ ...work1, uid: 'u9', name: 'good' }));
    await until(() => env.works.find({ ...ref, name: 'good' }, env), { describe: 'the good one' });
    expect(await env.works.find(ref, env)).toBeUndefined();
    expect(env.client.isConnected(ManifestWork)).toBe(true);
  });

  test('after the broker was away the agent connects again and asks for what it missed', async () => {
    await using env = await setUp();
    const { broker, wire, client, works } = env;
    await client.waitForSync(env.signal);
    await env.peer.send(SOURCE_EVENTS, bundleMessage(work1));
    const work = await until(() => works.find(ref, env), { describe: 'the work' });
    await broker.kill();
    await until(() => !client.isConnected(ManifestWork), { describe: 'the loss' });
    await expect(works.patchStatus(work, { conditions: [condition] }, env)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('the cloudevents client is not ready'),
    });
    // Nobody gets through before the peer is there to hear the question.
    wire.target = NOBODY;
    await broker.start();
    await using peer = await mqttPeer(broker);
    wire.target = broker.port;
    const [request] = await until(() => nonEmpty(peer.ofType('spec.resync_request')), { describe: 'a resync' });
    expect(JSON.parse(request?.payload ?? '')).toEqual({
      resourceVersions: [{ resourceID: 'u1', resourceVersion: 1 }],
    });
    await peer.send(SOURCE_EVENTS, bundleMessage({ ...work1, generation: 2 }, { action: 'resync_response' }));
    await until(async () => (await works.get(ref, env)).metadata.generation === 2, { describe: 'the update' });
  });

  test('a flood is taken without loss', async () => {
    await using env = await setUp();
    await env.client.waitForSync(env.signal);
    const [batches, perBatch] = [5, 400];
    const count = batches * perBatch;
    for (let batch = 0; batch < batches; batch += 1) {
      const sent = Array.from({ length: perBatch }, (_, index) => {
        const id = batch * perBatch + index;
        return env.peer.send(SOURCE_EVENTS, bundleMessage({ ...work1, uid: `u${id}`, name: `w${id}` }));
      });
      await Promise.all(sent);
    }
    const names = new Set<string>();
    await until(
      async () => {
        for await (const { items } of env.works.list(env)) for (const { metadata } of items) names.add(metadata.name);
        return names.size === count;
      },
      { describe: 'all works' },
    );
  });
});

function nonEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}
