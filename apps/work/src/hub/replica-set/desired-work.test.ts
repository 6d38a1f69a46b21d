import { labels } from '@ocm/api';
import { aManifestWorkReplicaSet, aWorkSpec } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { desiredWork, newWork, ownerOf, ownerProblem, replicaSetKey } from './desired-work.ts';

const set = aManifestWorkReplicaSet({ name: 'web.v2', namespace: 'shop', labels: { team: 'blue' } });

test('the owner label names the replica set, and can be read back when its name has dots', () => {
  expect(ownerOf(set)).toBe('shop.web.v2');
  expect(replicaSetKey(ownerOf(set))).toBe('shop/web.v2');
});

test.each(['', 'shop', '.web', 'shop.', '.'])('"%s" names no replica set', (owner) => {
  expect(replicaSetKey(owner)).toBeUndefined();
});

test('a work has the template, all labels of its replica set, and those of its owner', () => {
  const own = { [labels.replicaSet]: 'shop.web.v2', [labels.placementName]: 'p' };
  expect(desiredWork(set, 'p')).toEqual({ labels: { team: 'blue', ...own }, spec: aWorkSpec() });
  expect(newWork(set, { placement: 'p', cluster: 'c1' })).toEqual({
    metadata: { namespace: 'c1', generateName: 'web.v2', labels: { team: 'blue', ...own } },
    spec: aWorkSpec(),
  });
});

test('labels of the owner cannot be overridden by labels of the replica set', () => {
  const sly = aManifestWorkReplicaSet({ labels: { [labels.placementName]: 'other' } });
  expect(desiredWork(sly, 'p').labels[labels.placementName]).toBe('p');
});

test('[work 69] 63 characters are a label value, 64 are none', () => {
  expect(ownerProblem(named(63))).toBeUndefined();
  expect(ownerProblem(named(64))).toContain('no more than 63 characters');
});

/** A replica set whose owner label has this length. */
function named(length: number): ReturnType<typeof aManifestWorkReplicaSet> {
  return aManifestWorkReplicaSet({ namespace: 'n', name: 'x'.repeat(length - 2) });
}
