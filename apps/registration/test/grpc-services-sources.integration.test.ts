import { status } from '@grpc/grpc-js';
import { annotations, type Condition, finalizers, labels, ManifestWork, type PolicyRule } from '@ocm/api';
import { compareSequenceIds, dataTypes, formatDataType, workResourceId, workStatusHash } from '@ocm/cloudevents';
import { aCondition, aConfigMap, aManifestWork, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RawEvent, RawStream } from './grpc-client.ts';
import {
  actionOf,
  codeOf,
  extension,
  type Message,
  payloadOf,
  type Peer,
  type ServicesLab,
  startServicesLab,
} from './grpc-services-lab.ts';

const { bundle } = dataTypes;
const CLUSTER = 'target';
const SOURCE = 'source1';
const APPLIED: Condition = { ...aCondition({ type: 'Applied', status: 'True' }), observedGeneration: 1 };
const DELETED: Condition = aCondition({ type: 'Deleted', status: 'True' });

/** What a source needs: to write works of its clusters, and to see the status of all of its works. */
const SOURCE_RULES: readonly PolicyRule[] = [
  {
    apiGroups: ['work.open-cluster-management.io'],
    resources: ['manifestworks'],
    verbs: ['create', 'update', 'delete', 'watch'],
  },
  { apiGroups: ['work.open-cluster-management.io'], resources: ['manifestworks/status'], verbs: ['list'] },
];

let lab: ServicesLab;
let agent: Peer;
let source: Peer;
let agentStream: RawStream;
let sourceStream: RawStream;

beforeAll(async () => {
  lab = await startServicesLab({ sources: true });
  agent = await lab.addAgent(CLUSTER);
  source = await lab.addPeer('source-user', SOURCE_RULES);
  agentStream = await agent.listen(CLUSTER, bundle);
  sourceStream = await listenAs(SOURCE);
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
});

function listenAs(name: string, peer = source): Promise<RawStream> {
  return peer.client.subscribe({ source: name, dataType: formatDataType(bundle) });
}

const idOf = (name: string, from = SOURCE): string => workResourceId(from, { namespace: CLUSTER, name });

interface Delivered {
  readonly version?: number;
  readonly value?: string;
  readonly from?: string;
  readonly action?: string;
  readonly metadata?: object;
}

/** What a source publishes to have a work of that name. */
function delivery(name: string, over: Delivered = {}): Message {
  const { version = 1, value = 'a', from = SOURCE, action = 'spec.create_request', metadata = {} } = over;
  return {
    cluster: CLUSTER,
    dataType: bundle,
    action,
    source: from,
    payload: { manifests: [{ ...aConfigMap(), data: { value } }] },
    extensions: {
      resourceid: idOf(name, from),
      resourceversion: version,
      metadata: JSON.stringify({ name, ...metadata }),
    },
  };
}

function deletion(name: string, over: Delivered = {}): Message {
  const { payload: _, ...message } = delivery(name, { action: 'spec.delete_request', ...over });
  return { ...message, extensions: { ...message.extensions, deletiontimestamp: new Date() } };
}

/** The status of a work as the agent publishes it. */
function report(work: ManifestWork, conditions: readonly Condition[]): Message {
  const { uid = '', generation = 0 } = work.metadata;
  return {
    cluster: CLUSTER,
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

const works = () => lab.admin.kind(ManifestWork);
const findWork = (name: string) => works().find({ namespace: CLUSTER, name }, { signal: lab.signal });

async function getWork(name: string): Promise<ManifestWork> {
  return works().get({ namespace: CLUSTER, name }, { signal: lab.signal });
}

function told(stream: RawStream, id: string, condition: string): Promise<RawEvent> {
  return stream.next(
    (event) => extension(event, 'resourceid') === id && JSON.stringify(payloadOf(event)).includes(`"${condition}"`),
    `${condition} of ${id}`,
  );
}

/** Publishes until the cache of the server has the newest state of what the status belongs to. */
async function reportUntilStored(name: string, conditions: readonly Condition[]): Promise<void> {
  await until(
    async () => {
      const work = await findWork(name);
      if (work === undefined) return true;
      await agent.publish(report(work, conditions));
      const stored = await findWork(name);
      return stored === undefined || stored.status?.conditions?.[0]?.type === conditions[0]?.type;
    },
    { describe: `the status of ${name} is stored` },
  );
}

describe('recipe 20.1: a program that is no client of Kubernetes', () => {
  test('delivers a work, changes it, sees its status and its end', async () => {
    const id = idOf('whole');
    expect(codeOf(await source.publish(delivery('whole', { metadata: { labels: { team: 'a' } } })))).toBe('OK');
    const created = await getWork('whole');
    expect(created.metadata.labels).toEqual({ team: 'a', [labels.originalSource]: SOURCE });
    expect(created.metadata.annotations).toMatchObject({
      [annotations.eventResourceId]: id,
      [annotations.eventResourceVersion]: '1',
    });

    const { uid = '' } = created.metadata;
    const arrived = await agentStream.next((event) => extension(event, 'resourceid') === uid, 'the bundle');
    expect([arrived.source, extension(arrived, 'resourceversion')]).toEqual(['kube', 1]);
    await reportUntilStored('whole', [APPLIED]);
    const first = await told(sourceStream, id, 'Applied');
    expect([actionOf(first), extension(first, 'originalsource'), extension(first, 'clustername')]).toEqual([
      'status.update_request',
      SOURCE,
      CLUSTER,
    ]);
    expect(first.attributes['ce-resourceversion']).toMatchObject({ ce_integer: 1 });

    expect(
      codeOf(await source.publish(delivery('whole', { version: 5, value: 'b', action: 'spec.update_request' }))),
    ).toBe('OK');
    await agentStream.next(
      (event) => extension(event, 'resourceid') === uid && extension(event, 'resourceversion') === 2,
      'the new generation',
    );
    await reportUntilStored('whole', [{ ...APPLIED, observedGeneration: 2, reason: 'Again' }]);
    const second = await told(sourceStream, id, 'Again');
    expect(extension(second, 'resourceversion')).toBe(5);
    expect(compareSequenceIds(sequenceOf(first), sequenceOf(second))).toBe('newer');

    expect(codeOf(await source.publish(deletion('whole', { version: 5 })))).toBe('OK');
    expect((await getWork('whole')).metadata.deletionTimestamp).toBeDefined();
    await reportUntilStored('whole', [DELETED]);
    const end = await told(sourceStream, id, 'Deleted');
    expect(compareSequenceIds(sequenceOf(second), sequenceOf(end))).toBe('newer');
    expect(await findWork('whole')).toBeUndefined();
  });

  test('finds its end, too, when nobody ever held the work, and when there is none', async () => {
    await source.publish(delivery('brief'));
    expect(codeOf(await source.publish(deletion('brief')))).toBe('OK');
    await told(sourceStream, idOf('brief'), 'Deleted');
    expect(codeOf(await source.publish(deletion('never')))).toBe('OK');
    await told(sourceStream, idOf('never'), 'Deleted');
  });

  test('its owners live with it: on the hub they are no owners, and they come back', async () => {
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: 'u' }];
    await source.publish(
      delivery('owned', { metadata: { ownerReferences, finalizers: ['theirs'], annotations: { a: 'v' } } }),
    );
    const { metadata } = await getWork('owned');
    expect([metadata.ownerReferences, metadata.finalizers]).toEqual([undefined, undefined]);
    await reportUntilStored('owned', [APPLIED]);
    const event = await told(sourceStream, idOf('owned'), 'Applied');
    expect(JSON.parse(textOf(event, 'metadata'))).toMatchObject({
      name: 'owned',
      uid: idOf('owned'),
      ownerReferences,
      annotations: { a: 'v' },
    });
  });
});

/** What the hub has after a source has put that. */
const put = async (version: number, value: string): Promise<unknown> => {
  const message = delivery('versions', { version, value, action: 'spec.update_request' });
  expect(codeOf(await source.publish(message))).toBe('OK');
  const [manifest] = (await getWork('versions')).spec?.workload?.manifests ?? [];
  return manifest?.['data'];
};

describe('versions', () => {
  test('a lower one is passed over, the same is taken, and no version at all, too', async () => {
    expect(await put(3, 'created')).toEqual({ value: 'created' });
    expect(await put(2, 'older')).toEqual({ value: 'created' });
    expect(await put(3, 'same')).toEqual({ value: 'same' });
    expect(await put(0, 'unversioned')).toEqual({ value: 'unversioned' });
  });

  test('a status of before the last update says so', async () => {
    await source.publish(delivery('behind', { version: 3 }));
    await reportUntilStored('behind', [APPLIED]);
    await source.publish(delivery('behind', { version: 4, value: 'b' }));
    const [answer] = await resync([['behind', 'x']]);
    expect(answer && extension(answer, 'resourceversion')).toBe(3);
  });

  test('what is sent again changes nothing', async () => {
    await source.publish(delivery('again'));
    const before = await getWork('again');
    expect(codeOf(await source.publish(delivery('again')))).toBe('OK');
    expect(await getWork('again')).toEqual(before);
  });
});

/** The answers to a status resync with these hashes; the call has put them on the stream when it returns. */
async function resync(held: readonly (readonly [string, string])[], cluster = CLUSTER): Promise<readonly RawEvent[]> {
  const stream = await listenAs(SOURCE);
  const statusHashes = held.map(([name, statusHash]) => ({ resourceID: idOf(name), statusHash }));
  const message = { cluster, dataType: bundle, action: 'status.resync_request', source: SOURCE };
  expect(codeOf(await source.publish({ ...message, payload: { statusHashes } }))).toBe('OK');
  const end = idOf('sentinel');
  await source.publish(deletion('sentinel'));
  await told(stream, end, 'Deleted');
  stream.cancel();
  return stream.events.filter((event) => actionOf(event) === 'status.resync_response');
}

const named = (events: readonly RawEvent[], names: readonly string[]): readonly string[] =>
  names.filter((name) => events.some((event) => extension(event, 'resourceid') === idOf(name)));

describe('a status resync', () => {
  const names = ['r1', 'r2', 'r3'];
  let hashes: ReadonlyMap<string, string>;

  beforeAll(async () => {
    for (const name of names) await source.publish(delivery(name));
    for (const name of ['r1', 'r2']) await reportUntilStored(name, [{ ...APPLIED, message: name }]);
    hashes = new Map(
      await Promise.all(names.map(async (name) => [name, workStatusHash((await getWork(name)).status)] as const)),
    );
    for (const name of ['r1', 'r2']) await told(sourceStream, idOf(name), 'Applied');
  });
  const held = (): readonly (readonly [string, string])[] => [...hashes];

  test.each([CLUSTER, ''])(
    '[cloudevents-grpc 32] [cloudevents-grpc 34] of a source that holds nothing brings the status of all, of the cluster %j',
    async (cluster) => {
      expect(named(await resync([], cluster), names)).toEqual(names);
    },
  );

  test('[cloudevents-grpc 32] [cloudevents-grpc 34] of one that holds everything brings nothing, with another hash just that', async () => {
    expect(await resync(held())).toEqual([]);
    const other = held().map(([name, hash]) => [name, name === 'r2' ? 'other' : hash] as const);
    expect(named(await resync(other), names)).toEqual(['r2']);
  });

  test('[cloudevents-grpc 32] [cloudevents-grpc 34] passes over works that are not listed', async () => {
    expect(named(await resync([['r1', 'other']]), names)).toEqual(['r1']);
  });

  test('[cloudevents-grpc 32] [cloudevents-grpc 34] says of a state what has been said of it before, so that its receiver can tell', async () => {
    const seen = await told(sourceStream, idOf('r1'), 'Applied');
    const [answer] = await resync([['r1', 'other']]);
    expect(answer && compareSequenceIds(sequenceOf(seen), sequenceOf(answer))).toBe('not-newer');
  });
});

describe('whose a work is', () => {
  test('two sources may not have works of one name, and neither may take that of the other', async () => {
    expect(codeOf(await source.publish(delivery('name')))).toBe('OK');
    const before = await getWork('name');
    const ended = await source.publish(delivery('name', { from: 'source2', value: 'theirs' }));
    expect([codeOf(ended), ended.details]).toEqual(['FAILED_PRECONDITION', expect.stringContaining('"AlreadyExists"')]);
    await source.publish(deletion('name', { from: 'source2' }));
    expect(await getWork('name')).toEqual(before);
  });

  test('a work that somebody made on the hub is nobody’s', async () => {
    const mine = await works().create(aManifestWork({ namespace: CLUSTER, name: 'mine' }), { signal: lab.signal });
    expect(codeOf(await source.publish(delivery('mine')))).toBe('FAILED_PRECONDITION');
    await source.publish(deletion('mine'));
    expect(await getWork('mine')).toEqual(mine);
  });

  test('a source hears of its own works only', async () => {
    const stream = await listenAs('source2');
    await source.publish(delivery('private'));
    await source.publish(delivery('theirs', { from: 'source2' }));
    await reportUntilStored('private', [APPLIED]);
    await reportUntilStored('theirs', [APPLIED]);
    await told(stream, idOf('theirs', 'source2'), 'Applied');
    expect(stream.events.map((event) => extension(event, 'originalsource'))).toEqual(['source2']);
  });

  test('whoever deletes a work, its source hears of the end', async () => {
    await source.publish(delivery('removed'));
    await works().delete({ namespace: CLUSTER, name: 'removed' }, { signal: lab.signal });
    await told(sourceStream, idOf('removed'), 'Deleted');
  });
});

describe('what is refused', () => {
  test('a stream of a source, to somebody who may not see all works', async () => {
    await expect(listenAs(SOURCE, agent)).rejects.toThrow(/^PERMISSION_DENIED/);
    await expect(listenAs('')).rejects.toThrow(/^INVALID_ARGUMENT/);
  });

  test.each<[string, Message]>([
    ['a new work by an agent', delivery('agents-own')],
    ['one that is called an update', delivery('agents-own', { action: 'spec.update_request' })],
    ['a deletion by an agent', deletion('agents-own')],
  ])('%s', async (_, message) => {
    expect(codeOf(await agent.publish(message))).toBe('PERMISSION_DENIED');
    expect(await findWork('agents-own')).toBeUndefined();
  });

  test('what is called otherwise than it is, by somebody who may only update', async () => {
    const updater = await lab.addPeer('updater', [
      { apiGroups: ['work.open-cluster-management.io'], resources: ['manifestworks'], verbs: ['update'] },
    ]);
    await source.publish(delivery('guarded'));
    const before = await getWork('guarded');
    const created = await updater.publish(delivery('smuggled', { action: 'spec.update_request' }));
    expect(codeOf(created)).toBe('PERMISSION_DENIED');
    expect(await findWork('smuggled')).toBeUndefined();
    const deleted = await updater.publish(deletion('guarded', { action: 'spec.update_request' }));
    expect(codeOf(deleted)).toBe('FAILED_PRECONDITION');
    expect(await getWork('guarded')).toEqual(before);
  });

  test.each<[string, Partial<Message>]>([
    ['no manifests', { payload: { manifests: [] } }],
    ['too many bytes', { payload: { manifests: [{ ...aConfigMap(), data: { v: 'x'.repeat(600 * 1024) } }] } }],
    ['no payload', { payload: undefined }],
    ['no resource id', { extensions: { resourceversion: 1 } }],
  ])('a bundle with %s', async (_, over) => {
    const ended = await source.publish({ ...delivery('bad'), ...over });
    expect(ended.code).toBe(status.FAILED_PRECONDITION);
    expect(await findWork('bad')).toBeUndefined();
  });
});

test('the finalizer of the agent stays when the source changes the work', async () => {
  await source.publish(delivery('held'));
  await reportUntilStored('held', [APPLIED]);
  await source.publish(delivery('held', { version: 2, value: 'b' }));
  expect((await getWork('held')).metadata).toMatchObject({ generation: 2, finalizers: [finalizers.work] });
});

function textOf(event: RawEvent, name: string): string {
  const value = extension(event, name);
  if (typeof value !== 'string') throw new Error(`${name} is no text`);
  return value;
}

function sequenceOf(event: RawEvent): string {
  return textOf(event, 'sequenceid');
}
