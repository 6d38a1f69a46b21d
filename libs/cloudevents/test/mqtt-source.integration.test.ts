import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { finalizers, ManifestWork, type ManifestWorkSpec } from '@ocm/api';
import type { Resource } from '@ocm/kube';
import { aConfigMap, aWorkSpec, startMqttBroker, until } from '@ocm/testing';
import {
  eventClient,
  mqttTransport,
  SequenceIds,
  workResourceId,
  workSourceClient,
  type Versions,
} from '../src/index.ts';
import { startWire } from './grpc-server.ts';
import { BUNDLES, mqttFiles, mqttPeer, type RawMessage, TOPICS } from './mqtt-peer.ts';
import { quickClock } from './quick-clock.ts';

/** A port on which nobody listens. */
const NOBODY = 1;
const ref = { namespace: 'cluster1', name: 'web' };
const first: ManifestWorkSpec = aWorkSpec({ manifests: [aConfigMap({ name: 'first' })] });
const second: ManifestWorkSpec = aWorkSpec({ manifests: [aConfigMap({ name: 'second' })] });
const applied = {
  type: 'Applied',
  status: 'True',
  reason: 'AppliedManifestWorkComplete',
  message: '',
  lastTransitionTime: '2026-01-31T09:00:00Z',
} as const;

async function setUp({
  versions = 'counted',
  topics = TOPICS,
}: { readonly versions?: Versions; readonly topics?: Partial<typeof TOPICS> } = {}) {
  const stack = new AsyncDisposableStack();
  const clock = quickClock(20);
  const stop = new AbortController();
  const { signal } = stop;
  const broker = stack.use(await startMqttBroker());
  const peer = stack.use(await mqttPeer(broker));
  const wire = stack.use(await startWire(broker.port));
  const files = stack.use(await mqttFiles({ broker: { ...broker, address: `127.0.0.1:${wire.port}` }, topics }));
  const agentRole = { kind: 'agent', clusterName: 'cluster1' } as const;
  const sourceRole = { kind: 'source', sourceId: 's1' } as const;
  const agentTransport = stack.use(
    await mqttTransport(files.configPath, { role: agentRole, clientId: 'agent', clock }),
  );
  const sourceTransport = stack.use(await mqttTransport(files.configPath, { role: sourceRole, clientId: 's1', clock }));
  const options = { clusterName: 'cluster1', sourceId: 'cluster1-work-agent', kinds: [ManifestWork], clock };
  const agent = eventClient({ ...options, transport: agentTransport });
  const source = workSourceClient({ transport: sourceTransport, sourceId: 's1', versions, forgetAfterMs: 0, clock });
  const running = Promise.all([agent.run(signal), source.run(signal)]);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  await Promise.all([agent.waitForSync(signal), source.waitForSync(signal)]);
  return {
    broker,
    peer,
    wire,
    signal,
    agent,
    source,
    works: agent.kind(ManifestWork),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function seen(
  works: Resource<ManifestWork>,
  is: (work: ManifestWork) => boolean,
  { signal }: { readonly signal: AbortSignal },
): Promise<ManifestWork> {
  return until(
    async () => {
      const work = await works.find(ref, { signal });
      return work !== undefined && is(work) ? work : undefined;
    },
    { describe: 'the work in that state' },
  );
}

function nameIn({ spec }: ManifestWork): string | undefined {
  return spec?.workload?.manifests?.[0]?.metadata?.name;
}

/** What an agent says of a work, in the first version. */
function statusMessage(
  condition: object,
  {
    sequenceId,
    cluster = 'cluster1',
    work = ref,
  }: { readonly sequenceId: string; readonly cluster?: string; readonly work?: typeof ref },
): RawMessage {
  return {
    attributes: {
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-source': `${cluster}-work-agent`,
      'ce-type': `${BUNDLES}.status.update_request`,
      'ce-clustername': cluster,
      'ce-originalsource': 's1',
      'ce-resourceid': workResourceId('s1', work),
      'ce-resourceversion': '1',
      'ce-sequenceid': sequenceId,
    },
    contentType: 'application/json',
    payload: JSON.stringify({ conditions: [condition] }),
  };
}

describe('source and agent over MQTT', () => {
  test.each(['counted', 'none'] as const)(
    '[cloudevents-grpc 67] create, update, status and delete of a work round-trip; versions %s',
    async (versions) => {
      await using env = await setUp({ versions });
      const { source, works, signal } = env;
      await source.works.create({ metadata: ref, spec: first }, { signal });
      const created = await seen(works, (work) => nameIn(work) === 'first', env);
      expect(created.metadata).toMatchObject({
        uid: workResourceId('s1', ref),
        generation: versions === 'counted' ? 1 : 0,
      });
      const held = await works.patchMetadata(created, { finalizers: [finalizers.work] }, { signal });
      await works.patchStatus(held, { conditions: [applied] }, { signal });
      const reported = await seen(source.works, ({ status }) => status?.conditions !== undefined, env);
      expect(reported.status?.conditions).toEqual([applied]);

      await source.works.patchSpec(reported, second, { signal });
      await seen(works, (work) => nameIn(work) === 'second', env);

      await source.works.delete(ref, { signal });
      const deleting = await seen(works, ({ metadata }) => metadata.deletionTimestamp !== undefined, env);
      await works.patchMetadata(deleting, { finalizers: [] }, { signal });
      const isGone = async (): Promise<boolean> =>
        (await works.find(ref, env)) === undefined && (await source.works.find(ref, env)) === undefined;
      await until(isGone, { describe: 'the end on both sides' });
    },
  );

  test('a work with more annotations than a property of MQTT may hold arrives, and so does its status', async () => {
    await using env = await setUp();
    const { source, works, signal } = env;
    const annotations = { long: 'x'.repeat(100_000) };
    await source.works.create({ metadata: { ...ref, annotations }, spec: first }, { signal });
    const received = await seen(works, () => true, env);
    expect(received.metadata.annotations).toMatchObject(annotations);
    await works.patchStatus(received, { conditions: [applied] }, { signal });
    await seen(source.works, ({ status }) => status?.conditions !== undefined, env);
  });

  test('[cloudevents-grpc 34] of two statuses, the source keeps the one with the greater sequence id', async () => {
    await using env = await setUp();
    const { source, peer, signal } = env;
    const after = { ...ref, name: 'after' };
    for (const metadata of [ref, after]) await source.works.create({ metadata, spec: first }, { signal });
    const ids = new SequenceIds(() => new Date());
    const [older, newer, newest] = [ids.next(), ids.next(), ids.next()];
    const report = (sequenceId: string, message: string, work = ref): Promise<void> =>
      peer.send(
        'sources/s1/clusters/cluster1/agentevents',
        statusMessage({ ...applied, message }, { sequenceId, work }),
      );
    const messageOf = async (work: typeof ref): Promise<string | undefined> =>
      (await source.works.get(work, { signal })).status?.conditions?.[0]?.message;
    await report(newer, 'newer');
    await report(older, 'older');
    await report(newer, 'equal');
    // What comes from one client comes in its order.
    await report(ids.next(), 'last', after);
    await until(async () => (await messageOf(after)) === 'last', { describe: 'all reports have come' });
    // They may wait until what was being sent of the work has gone.
    await until(async () => (await messageOf(ref)) !== undefined, { describe: 'the reports have been taken' });
    expect(await messageOf(ref)).toBe('newer');
    await report(newest, 'newest');
    await until(async () => (await messageOf(ref)) === 'newest', { describe: 'the newest status' });
  });

  // The broker lets each cluster write to its own topics only, and knows nothing of what is in the messages.
  test('what another cluster says of a work on its own topics counts for nothing', async () => {
    await using env = await setUp();
    const { source, works, peer, signal } = env;
    await source.works.create({ metadata: ref, spec: first }, { signal });
    const received = await seen(works, () => true, env);
    const ids = new SequenceIds(() => new Date());
    const deleted = { ...applied, type: 'Deleted' };
    for (const topic of ['sources/s1/clusters/cluster2/agentevents', 'clusters/cluster2/agentbroadcast']) {
      for (const cluster of ['cluster1', 'cluster2']) {
        await peer.send(topic, statusMessage(deleted, { sequenceId: ids.next(), cluster }));
        await peer.send(topic, statusMessage({ ...applied, message: 'forged' }, { sequenceId: ids.next(), cluster }));
      }
    }
    // The broker hands on what comes from one client in its order, and the status of the true agent comes behind all of it.
    const honest = { ...applied, message: 'honest' };
    await peer.send('sources/s1/clusters/cluster1/agentevents', statusMessage(honest, { sequenceId: ids.next() }));
    const kept = await seen(source.works, ({ status }) => status?.conditions !== undefined, env);
    expect(kept.metadata.uid).toBe(received.metadata.uid);
    expect(kept.status?.conditions).toEqual([honest]);
  });

  test('[cloudevents-grpc 32] a source that comes back hears what it has missed', async () => {
    await using env = await setUp();
    const { broker, source, agent, works, signal } = env;
    await source.works.create({ metadata: ref, spec: first }, { signal });
    await seen(works, () => true, env);
    await broker.kill();
    await until(() => !source.isConnected && !agent.isConnected(ManifestWork), { describe: 'the loss' });
    await broker.start();
    // What the agent reports now may come before the source has connected, and then nobody gets it.
    await until(
      async () => {
        const work = await works.get(ref, env);
        return works.patchStatus(work, { conditions: [applied] }, { signal }).catch(() => undefined);
      },
      { describe: 'the report' },
    );
    await seen(source.works, ({ status }) => status?.conditions !== undefined, env);
  });

  test('[cloudevents-grpc 68] without a topic for broadcasts the source asks cluster by cluster', async () => {
    const { sourceBroadcast: _, ...topics } = TOPICS;
    await using env = await setUp({ topics });
    const { broker, wire, source, signal } = env;
    expect(env.peer.ofType('status.resync_request')).toEqual([]);
    await source.works.create({ metadata: ref, spec: first }, { signal });
    await broker.kill();
    await until(() => !source.isConnected, { describe: 'the loss' });
    // Nobody gets through before the peer is there to hear the question.
    wire.target = NOBODY;
    await broker.start();
    await using peer = await mqttPeer(broker);
    wire.target = broker.port;
    const [request] = await until(
      () => {
        const requests = peer.ofType('status.resync_request');
        return requests.length > 0 ? requests : undefined;
      },
      { describe: 'a question' },
    );
    expect(request).toMatchObject({
      topic: 'sources/s1/clusters/cluster1/sourceevents',
      attributes: { 'ce-clustername': 'cluster1' },
    });
  });
});
