import { describe, expect, test } from '@jest/globals';
import type { DeleteOption } from '@ocm/api';
import { isOwnedByWork, ownerReferenceOf, requiredOwner, soleOwner } from './owner.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'a' };
const orphaning = (...rules: readonly object[]): DeleteOption => ({
  propagationPolicy: 'SelectivelyOrphan',
  selectivelyOrphans: {
    orphaningRules: rules.map((rule) => ({ resource: 'configmaps', name: 'a', namespace: 'n', ...rule })),
  },
});

describe('isOwnedByWork', () => {
  test.each<[string, DeleteOption | undefined, boolean]>([
    ['no option', undefined, true],
    ['an empty option', {}, true],
    ['Foreground', { propagationPolicy: 'Foreground' }, true],
    ['Orphan', { propagationPolicy: 'Orphan' }, false],
    ['SelectivelyOrphan without rules object', { propagationPolicy: 'SelectivelyOrphan' }, true],
    ['SelectivelyOrphan without rules', orphaning(), true],
    ['a rule that names it', orphaning({}), false],
    ['a rule for another name', orphaning({ name: 'b' }), true],
    ['a rule for another namespace', orphaning({ namespace: 'm' }), true],
    ['a rule for another group', orphaning({ group: 'apps' }), true],
    ['a rule with a wildcard, which is no wildcard', orphaning({ name: '*' }), true],
    ['the second of two rules', orphaning({ name: 'b' }, {}), false],
  ])('%s: %s', (_option, deleteOption, owned) => {
    expect(isOwnedByWork(deleteOption, id)).toBe(owned);
  });
});

const ours = ownerReferenceOf({ metadata: { name: 'hash-w', uid: 'u' } });

test.each([
  ['one work', { ownerReferences: [ours] }, 'u'],
  [
    'one work and a Deployment',
    { ownerReferences: [ours, { ...ours, kind: 'Deployment', apiVersion: 'apps/v1' }] },
    'u',
  ],
  ['two works', { ownerReferences: [ours, { ...ours, uid: 'v' }] }, undefined],
  ['another work', { ownerReferences: [{ ...ours, uid: 'v' }] }, undefined],
  ['nobody', {}, undefined],
  ['one work, on its way out', { ownerReferences: [ours], deletionTimestamp: '2026-01-01T00:00:00Z' }, undefined],
])('the only work that owns an object of %s: %j is %s', (_owners, metadata, owner) => {
  expect(soleOwner(ours, { metadata: { name: 'a', ...metadata } })).toBe(owner);
});

test('the owner reference names the AppliedManifestWork and has no flags', () => {
  const owner = ownerReferenceOf({ metadata: { name: 'hash-w', uid: 'u' } });
  expect(owner).toEqual({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'AppliedManifestWork',
    name: 'hash-w',
    uid: 'u',
  });
  expect(requiredOwner(owner, true)).toBe(owner);
  expect(requiredOwner(owner, false).uid).toBe('u-');
});
