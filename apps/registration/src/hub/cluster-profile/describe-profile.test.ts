import { aCluster, aClusterProfile, aCondition, BUILT_AT } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { isOurs, profileLabels, profileStatus } from './describe-profile.ts';

const NOW = new Date(BUILT_AT);
const cluster = aCluster({
  name: 'c1',
  set: 'blue',
  joined: true,
  available: 'True',
  kubernetes: 'v1.35.4',
  claims: { 'id.k8s.io': 'x', region: 'eu' },
});

test('[registration 50] version, properties and conditions are those of the cluster', () => {
  expect(profileStatus(cluster, undefined, NOW)).toMatchObject({
    version: { kubernetes: 'v1.35.4' },
    properties: [
      { name: 'id.k8s.io', value: 'x' },
      { name: 'region', value: 'eu' },
    ],
    conditions: [
      { type: 'ControlPlaneHealthy', status: 'True', reason: 'ManagedClusterAvailable', message: expect.any(String) },
      { type: 'Joined', status: 'True' },
    ],
  });
});

test('[registration 50] what others wrote stays, and a second pass changes nothing', () => {
  const accessProviders = [{ name: 'open-cluster-management', cluster: { server: 'https://proxy/c1' } }];
  const foreign = aCondition({ type: 'Mine', status: 'True' });
  const first = profileStatus(cluster, { accessProviders, conditions: [foreign] }, NOW);
  expect(first).toMatchObject({ accessProviders, conditions: [foreign, {}, {}] });
  expect(profileStatus(cluster, first, new Date(NOW.getTime() + 60_000))).toEqual(first);
});

test('a cluster that has said nothing yet gives no condition', () => {
  expect(profileStatus(aCluster({ name: 'c1' }), undefined, NOW)).toEqual({ properties: [], conditions: [] });
});

test.each([
  { set: 'blue', want: 'blue' },
  { set: undefined, want: '' },
])('the set label of a cluster in $set is "$want"', ({ set, want }) => {
  expect(profileLabels(aCluster({ name: 'c1', ...(set === undefined ? {} : { set }) }))).toEqual({
    'x-k8s.io/cluster-manager': 'open-cluster-management',
    'multicluster.x-k8s.io/clusterset': want,
    'open-cluster-management.io/cluster-name': 'c1',
  });
});

test('profiles of other inventories are told apart', () => {
  const ours = aClusterProfile();
  expect(isOurs(ours)).toBe(true);
  expect(isOurs({ ...ours, spec: { clusterManager: { name: 'somebody' } } })).toBe(false);
});
