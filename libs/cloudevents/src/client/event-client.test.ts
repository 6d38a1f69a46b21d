import { describe, expect, test } from '@jest/globals';
import { finalizers, type ManifestWork } from '@ocm/api';
import { deletedStatus } from './event-client.ts';

const now = new Date('2026-01-31T09:00:00Z');
const work: ManifestWork = {
  metadata: { name: 'w', namespace: 'cluster1', deletionTimestamp: '2026-01-31T08:00:00Z' },
};
const deleted = {
  type: 'Deleted',
  status: 'True',
  reason: 'ManifestsDeleted',
  message: 'The manifests are deleted from the cluster cluster1',
  lastTransitionTime: '2026-01-31T09:00:00Z',
} as const;
const applied = { ...deleted, type: 'Applied', reason: 'R', message: 'm' } as const;

describe('the report that nothing is left of a work', () => {
  test('is made for works that are being deleted and have no finalizers', () => {
    expect(deletedStatus(work, now)).toEqual({ conditions: [deleted] });
    expect(deletedStatus({ ...work, status: { conditions: [applied] } }, now)).toEqual({
      conditions: [applied, deleted],
    });
  });

  test('does not wait for finalizers of others, who wait for it', () => {
    const metadata = { ...work.metadata, finalizers: ['example.com/theirs'] };
    expect(deletedStatus({ metadata }, now)).toEqual({ conditions: [deleted] });
  });

  test('is the same when it has to be made again', () => {
    const status = { conditions: [deleted] };
    expect(deletedStatus({ ...work, status }, new Date('2026-02-01T00:00:00Z'))).toBe(status);
  });

  test.each([
    { name: 'a work that is not deleted', metadata: { name: 'w' } },
    { name: 'a work that is still cleaned up', metadata: { ...work.metadata, finalizers: [finalizers.work] } },
  ])('is not made for $name', ({ metadata }) => {
    expect(deletedStatus({ metadata }, now)).toBeUndefined();
  });
});
