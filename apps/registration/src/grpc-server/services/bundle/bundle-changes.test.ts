import type { ManifestWork } from '@ocm/api';
import { extensions, findInteger, findString, findTimestamp } from '@ocm/cloudevents';
import { silentLogger } from '@ocm/kube';
import { aManifestWork } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { bundleAnswers, bundleChangeEvent, concernsAgent } from './bundle-changes.ts';

const ENVELOPE = { id: 'id1', source: 'kube', time: new Date('2026-01-01T00:00:00Z') };

function aWork(over: Partial<ManifestWork['metadata']> = {}): ManifestWork {
  const work = aManifestWork();
  return { ...work, metadata: { ...work.metadata, uid: 'u1', generation: 3, ...over } };
}

describe('whether agents are told of a change of a work', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  test.each<[string, Partial<ManifestWork['metadata']>, boolean]>([
    ['[cloudevents-grpc 18] only the status', { resourceVersion: '9' }, false],
    ['finalizers', { finalizers: ['f'] }, false],
    ['[cloudevents-grpc 18] a label', { labels: { l: 'v' } }, true],
    ['an annotation', { annotations: { a: 'v' } }, true],
    ['the generation', { generation: 4 }, true],
    ['the deletion', { deletionTimestamp }, true],
  ])('%s', (_, change, isTold) => {
    expect(concernsAgent({ type: 'updated', previous: aWork(), object: aWork(change) })).toBe(isTold);
  });

  test('every 30 minutes, of those that are being deleted', () => {
    expect(concernsAgent({ type: 'resync', object: aWork() })).toBe(false);
    expect(concernsAgent({ type: 'resync', object: aWork({ deletionTimestamp }) })).toBe(true);
  });
});

test('a work that is gone comes as a deletion of now, without a payload', () => {
  const event = bundleChangeEvent({ type: 'deleted', object: aWork() }, ENVELOPE);
  expect(event.type).toMatch(/spec\.delete_request$/);
  expect(event.data).toBeUndefined();
  expect(findTimestamp(event, extensions.deletionTimestamp)).toEqual(ENVELOPE.time);
});

const answers = (works: readonly ManifestWork[], held: readonly (readonly [string, bigint])[]) =>
  [
    ...bundleAnswers(
      works,
      { clusterName: 'cluster1', held: new Map(held) },
      { envelope: () => ENVELOPE, latest: (work) => work, log: silentLogger },
    ),
  ].map((event) => ({
    id: findString(event, extensions.resourceId),
    version: findInteger(event, extensions.resourceVersion),
    deletion: findTimestamp(event, extensions.deletionTimestamp) !== undefined,
  }));

describe('the answer to a resync', () => {
  const present = { id: 'u1', version: 3, deletion: false };

  test.each<[string, readonly (readonly [string, bigint])[], readonly object[]]>([
    ['nothing held', [], [present]],
    ['an older generation held', [['u1', 2n]], [present]],
    ['the same held', [['u1', 3n]], []],
    [
      'a work held that the hub does not know',
      [
        ['u1', 3n],
        ['u9', 7n],
      ],
      [{ id: 'u9', version: 7, deletion: true }],
    ],
    [
      'one held in a version that no integer on the wire can hold',
      [
        ['u1', 3n],
        ['u9', 2n ** 40n],
      ],
      [{ id: 'u9', version: 0, deletion: true }],
    ],
  ])('[cloudevents-grpc 25] [cloudevents-grpc 26] [cloudevents-grpc 27] [cloudevents-grpc 28] %s', (_, held, want) => {
    expect(answers([aWork()], held)).toEqual(want);
  });

  test('[cloudevents-grpc 25] [cloudevents-grpc 26] [cloudevents-grpc 27] [cloudevents-grpc 28] a work that is being deleted, whatever is held', () => {
    const deleting = aWork({ deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(answers([deleting], [['u1', 99n]])).toEqual([{ ...present, deletion: true }]);
  });

  test('a work that no JSON can be made of is left out, and the others come', () => {
    const value = {
      toJSON: () => {
        throw new RangeError('Maximum call stack size exceeded');
      },
    };
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'deep' }, data: value };
    const deep = { ...aWork({ uid: 'deep' }), spec: { workload: { manifests: [manifest] } } };
    expect(answers([deep, aWork()], [])).toEqual([present]);
  });
});
