import type { KubeObject, Lease } from '@ocm/api';
import { dataTypes, extensions, findString, findTimestamp } from '@ocm/cloudevents';
import { aLease } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { changeEvent, resyncAnswers } from './object-events.ts';

const ENVELOPE = { id: 'id1', source: 'kube', time: new Date('2026-01-01T00:00:00Z') };
const { lease: dataType } = dataTypes;

function stored(over: Partial<KubeObject['metadata']> = {}): Lease {
  const lease = aLease({ namespace: 'cluster1' });
  return { ...lease, metadata: { ...lease.metadata, uid: 'u1', resourceVersion: '30', ...over } };
}

test.each([
  ['added', 'create_request'],
  ['updated', 'update_request'],
  ['resync', 'update_request'],
] as const)('an object that is %s is told as %s, whole', (type, action) => {
  const event = changeEvent({ type, object: stored() }, dataType, ENVELOPE);
  expect(event.type).toBe(`coordination.k8s.io.v1.leases.spec.${action}`);
  expect(JSON.parse(Buffer.from(event.data ?? []).toString())).toEqual(stored());
});

test('an object that is gone is told with a deletion time, by which alone agents know, and without content', () => {
  const event = changeEvent({ type: 'deleted', object: stored() }, dataType, ENVELOPE);
  expect(event.type).toMatch(/delete_request$/);
  expect(findTimestamp(event, extensions.deletionTimestamp)).toEqual(ENVELOPE.time);
  expect(event.data).toBeUndefined();
});

const answers = (leases: readonly Lease[], held: readonly (readonly [string, bigint])[]) =>
  [
    ...resyncAnswers(
      leases,
      { dataType, clusterName: 'cluster1', held: new Map(held) },
      { envelope: () => ENVELOPE, latest: (object) => object, show: (object) => object },
    ),
  ].map((event) => ({
    id: findString(event, extensions.resourceId),
    cluster: findString(event, extensions.clusterName),
    version: findString(event, extensions.resourceVersion),
    deletion: findTimestamp(event, extensions.deletionTimestamp) !== undefined,
  }));

describe('the answer to a resync', () => {
  const present = { id: 'u1', cluster: 'cluster1', version: '30', deletion: false };
  const gone = { id: 'u9', cluster: 'cluster1', version: '9007199254740993', deletion: true };

  test.each<[string, readonly (readonly [string, bigint])[], readonly object[]]>([
    ['nothing held', [], [present]],
    ['an older version held, which would be newer as text', [['u1', 4n]], [present]],
    ['the same held', [['u1', 30n]], []],
    [
      'one held that the hub does not know',
      [
        ['u1', 30n],
        ['u9', 9007199254740993n],
      ],
      [gone],
    ],
  ])('[cloudevents-grpc 29] %s', (_, held, want) => {
    expect(answers([stored()], held)).toEqual(want);
  });

  test('[cloudevents-grpc 29] an object that is being deleted, whatever is held, and none whose version cannot be read', () => {
    const deleting = stored({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(answers([deleting], [['u1', 99n]])).toEqual([{ ...present, deletion: true }]);
    expect(answers([stored({ resourceVersion: 'x' })], [])).toEqual([]);
  });
});

test('an object that changes or goes while answers are made is told as it is then', () => {
  const now = new Map([['a', stored({ name: 'a', uid: 'a', generation: 2 })]]);
  const answers = resyncAnswers(
    [stored({ name: 'a', uid: 'a' }), stored({ name: 'b', uid: 'b' })],
    { dataType, clusterName: 'cluster1', held: new Map() },
    { envelope: () => ENVELOPE, latest: ({ metadata }) => now.get(metadata.name), show: (object) => object },
  );
  const told = [...answers].map(({ data = [] }) => JSON.parse(Buffer.from(data).toString()) as Lease);
  expect(told.map(({ metadata: { name, generation } }) => [name, generation])).toEqual([['a', 2]]);
});
