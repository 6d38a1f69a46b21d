import { expect, test } from '@jest/globals';
import type { ObjectMeta } from '@ocm/api';
import { contentMark } from './content-mark.ts';

const BEFORE = { name: 'a', uid: 'u', resourceVersion: '1', generation: 1, labels: { a: 'b' } };
const mark = (metadata: ObjectMeta, group = 'apps') => contentMark({ metadata }, { group });

test('another status alone leaves the mark as it is', () => {
  expect(mark({ ...BEFORE, resourceVersion: '2' })).toBe(mark(BEFORE));
});

test.each<Partial<ObjectMeta>>([
  { uid: 'v' },
  { generation: 2 },
  { labels: { a: 'c' } },
  { annotations: { a: 'b' } },
  { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'n', uid: 'u' }] },
  { deletionTimestamp: '2026-01-01T00:00:00Z' },
])('%j changes the mark', (change) => {
  expect(mark({ ...BEFORE, ...change })).not.toBe(mark(BEFORE));
});

test('a kind that does not count generations changes with every version', () => {
  const { generation: _generation, ...counted } = BEFORE;
  expect(mark(counted)).not.toBe(mark({ ...counted, resourceVersion: '2' }));
});

test('so does a PriorityClass, whose generation is always 1', () => {
  const group = 'scheduling.k8s.io';
  expect(mark(BEFORE, group)).not.toBe(mark({ ...BEFORE, resourceVersion: '2' }, group));
});

test('the order of the fields of an owner reference makes no difference', () => {
  const owner = { apiVersion: 'v1', kind: 'K', name: 'n', uid: 'u', controller: true, blockOwnerDeletion: true };
  const sorted = { apiVersion: 'v1', blockOwnerDeletion: true, controller: true, kind: 'K', name: 'n', uid: 'u' };
  expect(mark({ ...BEFORE, ownerReferences: [owner] })).toBe(mark({ ...BEFORE, ownerReferences: [sorted] }));
  expect(mark({ ...BEFORE, ownerReferences: [owner] })).not.toBe(
    mark({ ...BEFORE, ownerReferences: [{ ...owner, controller: false }] }),
  );
});
