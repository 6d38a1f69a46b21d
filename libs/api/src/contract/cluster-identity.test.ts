import { expect, test } from '@jest/globals';
import {
  boundClusterGroups,
  clusterGroup,
  clusterUser,
  managedClustersGroup,
  parseClusterGroup,
  parseClusterUser,
} from './cluster-identity.ts';

test('the user of an agent names cluster and agent', () => {
  expect(clusterUser({ cluster: 'c1', agent: 'x7' })).toBe('system:open-cluster-management:c1:x7');
  expect(parseClusterUser('system:open-cluster-management:c1:x7')).toEqual({ cluster: 'c1', agent: 'x7' });
});

test.each([
  'system:open-cluster-management:c1',
  'system:open-cluster-management:c1:',
  'system:open-cluster-management::x7',
  'system:open-cluster-management:c1:x7:more',
  'system:open-cluster-management:c1:x7:',
  'system:open-cluster-management:',
  'open-cluster-management:c1:x7',
  'xsystem:open-cluster-management:c1:x7',
  '',
])('%j is not the user of an agent', (user) => {
  expect(parseClusterUser(user)).toBeUndefined();
});

test('permissions are bound to two groups, of which certificates carry the first', () => {
  expect(boundClusterGroups('c1')).toEqual([clusterGroup('c1'), 'open-cluster-management:c1']);
});

test('a group tells its cluster only if it is exactly that of one', () => {
  expect(boundClusterGroups('c1').map(parseClusterGroup)).toEqual(['c1', 'c1']);
  const others = [managedClustersGroup, `${clusterGroup('c1')}:x7`, `my-${clusterGroup('c1')}`, 'system:authenticated'];
  expect(others.map(parseClusterGroup)).toEqual(others.map(() => undefined));
});
