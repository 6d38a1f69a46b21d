import type { KubeObject, ManifestWork } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { changeOfObject, changeOfWork } from './store-change.ts';

const DELETED = '2024-01-02T03:04:05Z';
const object = (metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  metadata: { name: 'a', uid: 'u', ...metadata },
});

const work = (generation: number, over: Partial<ManifestWork> = {}, name = 'a'): ManifestWork => ({
  metadata: { name, uid: 'u', generation },
  spec: { workload: { manifests: [] } },
  ...over,
});

describe('the store of a kind', () => {
  test.each([
    { what: 'takes what is new', incoming: object(), stored: undefined, change: { kind: 'put', object: object() } },
    {
      what: 'takes what changed, whatever the version',
      incoming: object({ resourceVersion: '1' }),
      stored: object({ resourceVersion: '2' }),
      change: { kind: 'put', object: object({ resourceVersion: '1' }) },
    },
    {
      what: 'ignores the deletion of what it does not know',
      incoming: object({ deletionTimestamp: DELETED }),
      stored: undefined,
      change: { kind: 'none' },
    },
    {
      what: 'drops what is being deleted',
      incoming: object({ deletionTimestamp: DELETED }),
      stored: object(),
      change: { kind: 'remove', object: object() },
    },
    {
      what: 'keeps what finalizers hold',
      incoming: object({ deletionTimestamp: DELETED, finalizers: ['f'], generation: 2 }),
      stored: object({ labels: { a: 'b' } }),
      change: {
        kind: 'put',
        object: object({ labels: { a: 'b' }, deletionTimestamp: DELETED, finalizers: ['f'], generation: 2 }),
      },
    },
  ])('$what', ({ incoming, stored, change }) => {
    expect(changeOfObject({ object: incoming, isContent: true }, stored)).toEqual(change);
  });

  test('drops what is being deleted when finalizers did not come with content', () => {
    const incoming = object({ deletionTimestamp: DELETED, finalizers: ['f'] });
    expect(changeOfObject({ object: incoming, isContent: false }, object()).kind).toBe('remove');
  });
});

describe('the store of works', () => {
  const OWN = {
    conditions: [{ type: 'Applied', status: 'True' as const, reason: 'r', message: '', lastTransitionTime: DELETED }],
  };
  const held = (generation: number): ManifestWork => ({
    ...work(generation, { status: OWN }),
    metadata: { ...work(generation).metadata, finalizers: ['cleanup'] },
  });

  test('takes what is new, also when it is being deleted', () => {
    const deleting = { metadata: { ...work(1).metadata, deletionTimestamp: DELETED } };
    expect(changeOfWork({ object: deleting }, undefined)).toEqual({ kind: 'put', object: deleting });
  });

  test('keeps finalizers and status of the agent', () => {
    const change = changeOfWork({ object: work(2, { status: {} }) }, held(1));
    expect(change).toMatchObject({
      kind: 'put',
      object: { metadata: { generation: 2, finalizers: ['cleanup'] }, status: OWN },
    });
  });

  test.each([
    { generation: 2, stored: 3, kind: 'none' },
    { generation: 3, stored: 3, kind: 'put' },
    { generation: 0, stored: 3, kind: 'put' },
  ])('of generation $stored meets generation $generation: $kind', ({ generation, stored, kind }) => {
    expect(changeOfWork({ object: work(generation) }, held(stored)).kind).toBe(kind);
  });

  test('keeps what is needed to clean up after a deletion', () => {
    const { spec: _, ...deleting } = work(2);
    const change = changeOfWork(
      { object: { ...deleting, metadata: { ...deleting.metadata, deletionTimestamp: DELETED } } },
      held(1),
    );
    expect(change).toEqual({
      kind: 'put',
      object: { ...held(2), metadata: { ...held(2).metadata, deletionTimestamp: DELETED } },
    });
  });

  test('moves what has another name now', () => {
    expect(changeOfWork({ object: work(1, {}, 'b') }, held(1))).toMatchObject({ kind: 'put', renamedFrom: 'a' });
  });
});
