import {
  addOnGroup,
  addOnWideGroup,
  boundClusterGroups,
  clusterGroup,
  clusterUser,
  managedClustersGroup,
} from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { speaksFor } from './caller-clusters.ts';

const AGENT = { user: clusterUser({ cluster: 'a', agent: 'x' }), groups: [clusterGroup('a'), managedClustersGroup] };

describe('who is a cluster', () => {
  test.each([
    ['by its certificate', AGENT],
    ['by its user name', { user: AGENT.user, groups: [] }],
    ['by its group', { user: 'somebody', groups: [clusterGroup('a')] }],
    ['by its other group', { user: 'somebody', groups: boundClusterGroups('a').slice(1) }],
    ['as an add-on', { user: 'somebody', groups: [addOnGroup({ cluster: 'a', addOn: 'ad' }), addOnWideGroup('ad')] }],
  ])('%s, speaks for itself and for no other', (_, caller) => {
    expect(['a', 'b', 'ab', ''].map((cluster) => speaksFor(caller, cluster))).toEqual([true, false, false, false]);
  });
});

test.each([
  { user: 'bootstrap', groups: ['system:authenticated', managedClustersGroup] },
  { user: 'system:serviceaccount:open-cluster-management:agent-registration-bootstrap', groups: [] },
  { user: 'somebody', groups: [addOnWideGroup('ad')] },
])('who is no cluster speaks for whom its permissions say: %#', (caller) => {
  expect(speaksFor(caller, 'b')).toBe(true);
});
