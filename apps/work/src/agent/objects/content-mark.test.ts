import { expect, test } from '@jest/globals';
import type { ObjectMeta } from '@ocm/api';
import { contentMark } from './content-mark.ts';

const BEFORE = { name: 'a', resourceVersion: '1', generation: 1, labels: { a: 'b' } };
const mark = (metadata: ObjectMeta) => contentMark({ metadata });

test('another status alone leaves the mark as it is', () => {
  expect(mark({ ...BEFORE, resourceVersion: '2' })).toBe(mark(BEFORE));
});

test.each<Partial<ObjectMeta>>([
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
