import { expect, test } from '@jest/globals';
import type { ManagedClusterSetBinding } from '@ocm/api';
import { judgeClusterSetBinding } from './judge-cluster-set-binding.ts';

const aBinding = (clusterSet?: string): ManagedClusterSetBinding => ({
  metadata: { namespace: 'ns', name: 'a' },
  ...(clusterSet === undefined ? {} : { spec: { clusterSet } }),
});
const user = { user: 'ann' };

test.each([['b'], [undefined]])('[registration 69] a binding named "a" for set "%s" is refused', (set) => {
  const refusal = {
    kind: 'refuse',
    code: 400,
    message: 'The ManagedClusterSetBinding must have the same name as the target ManagedClusterSet',
  };
  expect(judgeClusterSetBinding(aBinding(set), undefined, user)).toEqual(refusal);
  expect(judgeClusterSetBinding(aBinding(set), aBinding('a'), user)).toEqual(refusal);
});

test('[registration 69] creating one needs the right to bind the set, updating it none', () => {
  expect(judgeClusterSetBinding(aBinding('a'), undefined, user)).toEqual({
    kind: 'ask',
    questions: [
      {
        kind: 'requester-may',
        resource: {
          group: 'cluster.open-cluster-management.io',
          resource: 'managedclustersets',
          subresource: 'bind',
          verb: 'create',
          name: 'a',
        },
        refusal: 'user "ann" is not allowed to bind cluster set "a"',
      },
    ],
  });
  expect(judgeClusterSetBinding(aBinding('a'), aBinding('a'), user)).toEqual({ kind: 'ask', questions: [] });
});
