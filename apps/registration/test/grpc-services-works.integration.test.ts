import { type Condition, finalizers, ManifestWork } from '@ocm/api';
import { dataTypes } from '@ocm/cloudevents';
import { aCondition, aConfigMap, aManifestWork, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RawEvent, RawStream } from './grpc-client.ts';
import {
  actionOf,
  codeOf,
  extension,
  type Message,
  nativeError,
  payloadOf,
  type Peer,
  type ServicesLab,
  startServicesLab,
} from './grpc-services-lab.ts';

let lab: ServicesLab;
const agents = new Map<string, Peer>();

const { bundle } = dataTypes;
/** Clusters of their own, so that the tests do not see each other's works. */
const CLUSTERS = ['delivery', 'other', 'status', 'deletion', 'resync'] as const;
type Cluster = (typeof CLUSTERS)[number];

beforeAll(async () => {
  lab = await startServicesLab();
  for (const cluster of CLUSTERS) agents.set(cluster, await lab.addAgent(cluster));
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

function agent(cluster: Cluster): Peer {
  const peer = agents.get(cluster);
  if (peer === undefined) throw new Error(`no agent of ${cluster}`);
  return peer;
}

const works = () => lab.admin.kind(ManifestWork);

function createWork(
  cluster: Cluster,
  name: string,
  over: Parameters<typeof aManifestWork>[0] = {},
): Promise<ManifestWork> {
  return works().create(aManifestWork({ namespace: cluster, name, ...over }), { signal: lab.signal });
}

function findWork(cluster: Cluster, name: string): Promise<ManifestWork | undefined> {
  return works().find({ namespace: cluster, name }, { signal: lab.signal });
}

function change(cluster: Cluster, name: string, patch: object): Promise<ManifestWork> {
  return works().mergePatch({ namespace: cluster, name }, patch, { signal: lab.signal });
}

/** Content of another generation. */
function content(value: string): object {
  return { spec: { workload: { manifests: [{ ...aConfigMap(), data: { value } }] } } };
}

function next(stream: RawStream, name: string, matches: (event: RawEvent) => boolean = () => true): Promise<RawEvent> {
  return stream.next((event) => nameOf(event) === name && matches(event), `an event about ${name}`);
}

function nameOf(event: RawEvent): string {
  return metadataOf(event)?.name ?? '';
}

function metadataOf(event: RawEvent): ManifestWork['metadata'] | undefined {
  const metadata = extension(event, 'metadata');
  return typeof metadata === 'string' ? (JSON.parse(metadata) as ManifestWork['metadata']) : undefined;
}

const APPLIED: Condition = aCondition({ type: 'Applied', status: 'True' });

/** The status of a work as its agent publishes it. */
function status(work: ManifestWork, conditions: readonly Condition[] = [APPLIED]): Message {
  const { namespace = '', uid = '', generation = 0 } = work.metadata;
  return {
    cluster: namespace,
    dataType: bundle,
    action: 'status.update_request',
    payload: { conditions },
    extensions: {
      resourceid: uid,
      resourceversion: generation,
      sequenceid: '1834773391719010304',
      originalsource: 'kube',
    },
  };
}

function resync(cluster: Cluster, held: readonly (readonly [string, number])[] = []): Message {
  const resourceVersions = held.map(([resourceID, resourceVersion]) => ({ resourceID, resourceVersion }));
  return { cluster, dataType: bundle, action: 'spec.resync_request', payload: { resourceVersions } };
}

describe('works on their way to the agent', () => {
  test('[cloudevents-grpc 16] [cloudevents-grpc 17] a new work arrives at its cluster, whole, and at no other', async () => {
    const stream = await agent('delivery').listen('delivery', bundle);
    const others = await agent('other').listen('other', bundle);
    const work = await createWork('delivery', 'new', { labels: { team: 'a' } });
    const event = await next(stream, 'new');
    expect(extension(event, 'resourceid')).toBe(work.metadata.uid);
    expect(event.attributes['ce-resourceversion']).toMatchObject({ ce_integer: 1 });
    expect(event.source).toBe('kube');
    expect(metadataOf(event)).toMatchObject({ name: 'new', labels: { team: 'a' } });
    expect(payloadOf(event)).toMatchObject({ manifests: work.spec?.workload?.manifests });
    await createWork('other', 'sentinel');
    await next(others, 'sentinel');
    expect(others.events.map(nameOf)).toEqual(['sentinel']);
  });

  test('[cloudevents-grpc 18] a change of the status is not told, one of labels or of the content is', async () => {
    const stream = await agent('delivery').listen('delivery', bundle);
    await createWork('delivery', 'changing');
    await next(stream, 'changing');
    const ref = { namespace: 'delivery', name: 'changing' };
    const applied = { status: { conditions: [APPLIED] } };
    await works().mergePatch(ref, applied, { signal: lab.signal, subresource: 'status' });
    await change('delivery', 'changing', { metadata: { labels: { l: 'v' } } });
    const labelled = await next(stream, 'changing', (event) => actionOf(event) === 'spec.update_request');
    expect(extension(labelled, 'metadata')).toContain('"l":"v"');
    await change('delivery', 'changing', content('b'));
    await next(stream, 'changing', (event) => extension(event, 'resourceversion') === 2);
    expect(stream.events.filter((event) => nameOf(event) === 'changing')).toHaveLength(3);
  });
});

describe('the status of works', () => {
  test('[cloudevents-grpc 21] the first brings the finalizer, too, in one call', async () => {
    const work = await createWork('status', 'first');
    const stream = await agent('status').listen('status', bundle);
    await agent('status').publish(resync('status'));
    await next(stream, 'first');
    expect(await agent('status').publish(status(work))).toEqual({ code: 0, details: '' });
    const stored = await findWork('status', 'first');
    expect(stored?.metadata.finalizers).toEqual([finalizers.work]);
    expect(stored?.status?.conditions).toEqual([APPLIED]);
  });

  test('each replaces the one before, at once, and the same again writes nothing', async () => {
    const work = await createWork('status', 'often');
    const stream = await agent('status').listen('status', bundle);
    await agent('status').publish(resync('status'));
    await next(stream, 'often');
    const messages = ['a', 'b', 'c'].map((message) => status(work, [{ ...APPLIED, message }]));
    for (const message of messages) expect(codeOf(await agent('status').publish(message))).toBe('OK');
    const stored = await findWork('status', 'often');
    expect(stored?.status?.conditions).toMatchObject([{ message: 'c' }]);
    expect(codeOf(await agent('status').publish(status(work, [{ ...APPLIED, message: 'c' }])))).toBe('OK');
    expect(await findWork('status', 'often')).toEqual(stored);
  });

  test('[cloudevents-grpc 20] one of an older generation is passed over', async () => {
    const old = await createWork('status', 'stale');
    const stream = await agent('status').listen('status', bundle);
    await change('status', 'stale', content('b'));
    await agent('status').publish(resync('status'));
    await next(stream, 'stale', (event) => extension(event, 'resourceversion') === 2);
    const before = await findWork('status', 'stale');
    expect(codeOf(await agent('status').publish(status(old)))).toBe('OK');
    expect(await findWork('status', 'stale')).toEqual(before);
  });

  test('[cloudevents-grpc 22] one of an unknown work is passed over', async () => {
    const unknown = aManifestWork({ namespace: 'status', name: 'never', uid: 'unknown' } as never);
    const uid = '00000000-0000-4000-8000-000000000001';
    const message = status({ ...unknown, metadata: { ...unknown.metadata, uid, generation: 1 } });
    expect(codeOf(await agent('status').publish(message))).toBe('OK');
    expect(await findWork('status', 'never')).toBeUndefined();
  });

  test('[cloudevents-grpc 23] [cloudevents-grpc 24] another action, or no sequence id, is an error, and nothing changes', async () => {
    const work = await createWork('status', 'refused');
    const stream = await agent('status').listen('status', bundle);
    await agent('status').publish(resync('status'));
    await next(stream, 'refused');
    const writer = await lab.addPeer('writer', [
      {
        apiGroups: ['work.open-cluster-management.io'],
        resources: ['manifestworks', 'manifestworks/status'],
        verbs: ['create', 'update', 'delete'],
      },
    ]);
    const before = await findWork('status', 'refused');
    const message = status(work);
    for (const action of [
      'status.create_request',
      'spec.create_request',
      'spec.update_request',
      'spec.delete_request',
    ]) {
      const { code, details } = await writer.publish({ ...message, action });
      expect([action, codeOf({ code, details }), details.includes('unsupported action')]).toEqual([
        action,
        'FAILED_PRECONDITION',
        true,
      ]);
    }
    const { sequenceid: _, ...unnumbered } = message.extensions ?? {};
    const { code, details } = await writer.publish({ ...message, extensions: unnumbered });
    expect([code, details]).toEqual([9, expect.stringContaining('sequenceid')]);
    expect(await findWork('status', 'refused')).toEqual(before);
  });

  test('what the API server says against a status reaches the agent', async () => {
    const work = await createWork('status', 'invalid');
    const stream = await agent('status').listen('status', bundle);
    await agent('status').publish(resync('status'));
    await next(stream, 'invalid');
    const ended = await agent('status').publish(status(work, [{ ...APPLIED, status: 'Perhaps' as never }]));
    expect(nativeError(ended)).toEqual({ code: 422, reason: 'Invalid' });
  });
});

describe('the end of works', () => {
  test('[cloudevents-grpc 19] [cloudevents-grpc 38] a deletion is told until the agent has cleaned up, then the work is gone', async () => {
    const work = await createWork('deletion', 'ending', { finalizers: [finalizers.work] });
    const stream = await agent('deletion').listen('deletion', bundle);
    await works().delete(work.metadata, { signal: lab.signal });
    const deletion = await next(stream, 'ending', (event) => extension(event, 'deletiontimestamp') !== undefined);
    expect([actionOf(deletion), payloadOf(deletion)]).toEqual(['spec.update_request', undefined]);
    // As after a restart of the agent, which holds nothing.
    await agent('deletion').publish(resync('deletion'));
    const again = await next(stream, 'ending', (event) => actionOf(event) === 'spec.resync_response');
    expect(extension(again, 'deletiontimestamp')).toBeDefined();
    const deleted = aCondition({ type: 'Deleted', status: 'True' });
    await until(async () => codeOf(await agent('deletion').publish(status(work, [deleted]))) === 'OK', {
      describe: 'the end is taken',
    });
    expect(await findWork('deletion', 'ending')).toBeUndefined();
    await next(stream, 'ending', (event) => actionOf(event) === 'spec.delete_request');
    expect(codeOf(await agent('deletion').publish(status(work, [deleted])))).toBe('OK');
  });

  test('a work that nobody holds is told as deleted', async () => {
    const stream = await agent('deletion').listen('deletion', bundle);
    const work = await createWork('deletion', 'free');
    await works().delete(work.metadata, { signal: lab.signal });
    const event = await next(stream, 'free', (told) => actionOf(told) === 'spec.delete_request');
    expect(extension(event, 'deletiontimestamp')).toBeDefined();
  });
});

/** What arrives for a resync; the request is answered when the call returns, and streams keep the order. */
async function answers(message: Message): Promise<readonly RawEvent[]> {
  const asking = await agent('resync').listen('resync', bundle);
  expect(codeOf(await agent('resync').publish(message))).toBe('OK');
  const label = `mark-${Math.random()}`;
  await change('resync', 'a', { metadata: { labels: { mark: label } } });
  await next(asking, 'a', (event) => metadataOf(event)?.labels?.['mark'] === label);
  asking.cancel();
  return asking.events.filter((event) => actionOf(event) === 'spec.resync_response');
}

describe('resync', () => {
  const ids = new Map<string, string>();
  let stream: RawStream;

  beforeAll(async () => {
    stream = await agent('resync').listen('resync', bundle);
    for (const name of ['a', 'b', 'c']) ids.set(name, (await createWork('resync', name)).metadata.uid ?? '');
    await change('resync', 'b', content('b'));
    await next(stream, 'c');
    await next(stream, 'b', (event) => extension(event, 'resourceversion') === 2);
  });

  const id = (name: string): string => ids.get(name) ?? '';
  const all = (): readonly (readonly [string, number])[] => [
    [id('a'), 1],
    [id('b'), 2],
    [id('c'), 1],
  ];

  test('[cloudevents-grpc 25] [cloudevents-grpc 31] an agent that holds nothing gets everything', async () => {
    for (const payload of [{}, { resourceVersions: [] }, { resourceVersions: null }]) {
      const names = (await answers({ ...resync('resync'), payload })).map(nameOf);
      expect(new Set(names)).toEqual(new Set(['a', 'b', 'c']));
      expect(names).toHaveLength(3);
    }
  });

  test('[cloudevents-grpc 26] it gets what it holds in an older generation, and nothing else', async () => {
    expect(await answers(resync('resync', all()))).toEqual([]);
    const older = await answers(
      resync('resync', [
        [id('a'), 1],
        [id('b'), 1],
        [id('c'), 1],
      ]),
    );
    expect(older.map((event) => [nameOf(event), extension(event, 'resourceversion')])).toEqual([['b', 2]]);
  });

  test('[cloudevents-grpc 27] what it holds and the hub does not know is told as deleted, in the version it has', async () => {
    const [deletion, ...more] = await answers(resync('resync', [...all(), ['gone', 7]]));
    expect(more).toEqual([]);
    expect(deletion).toMatchObject({ source: 'kube', attributes: { 'ce-resourceversion': { ce_integer: 7 } } });
    expect(deletion && [extension(deletion, 'resourceid'), extension(deletion, 'clustername')]).toEqual([
      'gone',
      'resync',
    ]);
    expect(deletion && extension(deletion, 'deletiontimestamp')).toBeDefined();
  });

  test('[cloudevents-grpc 28] what is being deleted is told whatever it holds', async () => {
    const { metadata } = await createWork('resync', 'd', { finalizers: [finalizers.work] });
    await works().delete(metadata, { signal: lab.signal });
    await next(stream, 'd', (event) => extension(event, 'deletiontimestamp') !== undefined);
    const told = await answers(resync('resync', [...all(), [metadata.uid ?? '', 99]]));
    expect(told.map(nameOf)).toEqual(['d']);
    await change('resync', 'd', { metadata: { finalizers: null } });
  });

  test('[cloudevents-grpc 31] a request without payload fails', async () => {
    const ended = await agent('resync').publish({ ...resync('resync'), payload: undefined });
    expect([codeOf(ended), ended.details]).toEqual([
      'FAILED_PRECONDITION',
      expect.stringContaining('resync spec request'),
    ]);
  });
});
