import {
  addOnGroup,
  addOnUser,
  addOnWideGroup,
  boundClusterGroups,
  clusterGroup,
  clusterUser,
  managedClustersGroup,
} from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { findForeignName } from './foreign-name.ts';

const OWN = clusterUser({ cluster: 'a', agent: 'x' });

describe('names that a cluster may ask a certificate for', () => {
  test.each<[string, readonly string[]]>([
    [OWN, [clusterGroup('a'), managedClustersGroup]],
    [OWN, boundClusterGroups('a')],
    [
      addOnUser({ cluster: 'a', addOn: 'ad' }, 'x'),
      [addOnGroup({ cluster: 'a', addOn: 'ad' }), addOnWideGroup('ad'), 'system:authenticated'],
    ],
    ['somebody', ['of a custom signer']],
    ['', []],
  ])('%s', (commonName, organizations) => {
    expect(findForeignName({ commonName, organizations }, 'a')).toBeUndefined();
  });
});

describe('names of somebody else', () => {
  test.each([
    clusterUser({ cluster: 'b', agent: 'x' }),
    clusterUser({ cluster: 'ab', agent: 'x' }),
    addOnUser({ cluster: 'b', addOn: 'ad' }, 'x'),
    clusterGroup('a'),
    managedClustersGroup,
    'system:open-cluster-management:a:x:y',
  ])('%s as common name', (commonName) => {
    expect(findForeignName({ commonName, organizations: [clusterGroup('a')] }, 'a')).toBe(commonName);
  });

  test.each([
    ...boundClusterGroups('b'),
    clusterGroup('ab'),
    addOnGroup({ cluster: 'b', addOn: 'ad' }),
    clusterUser({ cluster: 'a', agent: 'x' }),
    'system:open-cluster-management:',
  ])('%s as organization', (group) => {
    expect(findForeignName({ commonName: OWN, organizations: [clusterGroup('a'), group] }, 'a')).toBe(group);
  });
});
