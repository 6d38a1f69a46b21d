import { expect, test } from '@jest/globals';
import { judgeClusterSet } from './judge-cluster-set.ts';

test.each([
  { members: 0, status: 'True', reason: 'NoClusterMatched', message: 'No ManagedCluster selected' },
  { members: 1, status: 'False', reason: 'ClustersSelected', message: '1 ManagedClusters selected' },
  { members: 5000, status: 'False', reason: 'ClustersSelected', message: '5000 ManagedClusters selected' },
])('a set with $members members is $status / $reason', ({ members, ...outcome }) => {
  expect(judgeClusterSet(members)).toEqual({ type: 'ClusterSetEmpty', ...outcome });
});
