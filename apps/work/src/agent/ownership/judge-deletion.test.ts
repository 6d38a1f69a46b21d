import { describe, expect, test } from '@jest/globals';
import type { KubeObject, ObjectMeta, OwnerReference } from '@ocm/api';
import { type DeletionCase, type DeletionVerdict, judgeDeletion } from './judge-deletion.ts';

const applied = (uid: string): OwnerReference => ({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'AppliedManifestWork',
  name: `amw-${uid}`,
  uid,
});
const foreign: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'foreign' };
const object = (over: Partial<ObjectMeta> = {}): KubeObject => ({
  metadata: { name: 'a', uid: 'live', ownerReferences: [applied('ours')], ...over },
});
const recorded = { version: 'v1', resource: 'configmaps', namespace: 'n', name: 'a', uid: 'live' };

const CASES: readonly (Partial<DeletionCase> & { what: string; verdict: DeletionVerdict })[] = [
  { what: 'a missing object is forgotten', live: undefined, verdict: { kind: 'forget' } },
  { what: 'our object is deleted', live: object(), verdict: { kind: 'delete', uid: 'live' } },
  { what: 'an object without owner is forgotten', live: object({ ownerReferences: [] }), verdict: { kind: 'forget' } },
  {
    what: 'an object of another work only is forgotten',
    live: object({ ownerReferences: [applied('theirs')] }),
    verdict: { kind: 'forget' },
  },
  {
    what: 'an object of an earlier record of our name is forgotten: the UID decides',
    live: object({ ownerReferences: [{ ...applied('earlier'), name: applied('ours').name }] }),
    verdict: { kind: 'forget' },
  },
  {
    what: 'an object shared with another work is released',
    live: object({ ownerReferences: [applied('ours'), applied('theirs')] }),
    verdict: { kind: 'release', ownerReferences: [applied('theirs')] },
  },
  {
    what: 'an owner of another kind does not protect it',
    live: object({ ownerReferences: [applied('ours'), foreign] }),
    verdict: { kind: 'delete', uid: 'live' },
  },
  { what: 'another UID is forgotten', live: object({ uid: 'new' }), verdict: { kind: 'forget' } },
  {
    what: 'an empty recorded UID is forgotten',
    live: object(),
    recorded: { ...recorded, uid: '' },
    verdict: { kind: 'forget' },
  },
  {
    what: 'a terminating object is pending',
    live: object({ deletionTimestamp: '2026-01-01T00:00:00Z' }),
    verdict: { kind: 'pending' },
  },
  {
    what: 'an orphaned object is released',
    live: object({ ownerReferences: [applied('ours'), foreign] }),
    orphaned: true,
    verdict: { kind: 'release', ownerReferences: [foreign] },
  },
  {
    what: 'an orphaned object that was never ours is forgotten',
    live: object({ ownerReferences: [] }),
    orphaned: true,
    verdict: { kind: 'forget' },
  },
];

describe('judgeDeletion', () => {
  test.each(CASES)('$what', ({ what: _what, verdict, ...given }) => {
    expect(judgeDeletion({ recorded, live: object(), ownerUid: 'ours', orphaned: false, ...given })).toEqual(verdict);
  });
});
