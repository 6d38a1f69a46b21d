import { expect, test } from '@jest/globals';
import {
  eksHubRoleName,
  eksManagedRoleName,
  eksRoleSuffixSource,
  iamRoleArn,
  parseEksClusterArn,
} from './eks-identity.ts';

test.each([
  ['arn:aws:eks:us-west-2:123456789012:cluster/hub', { region: 'us-west-2', account: '123456789012', name: 'hub' }],
  ['arn:aws:eks:us-west-2:123456789012:cluster', undefined],
  ['arn:aws:eks:us-west-2:123456789012:cluster/', undefined],
  ['arn:aws:eks:us-west-2:123456789012:cluster/a/b', undefined],
  ['arn:aws:eks:us-west-2:123456789012:nodegroup/a', undefined],
  ['arn:aws:eks:us-west-2::cluster/hub', undefined],
  ['arn:aws:iam::123456789012:role/hub', undefined],
  ['arn:aws:eks:us-west-2:123456789012:cluster/hub:more', undefined],
  ['', undefined],
])('%s', (arn, cluster) => {
  expect(parseEksClusterArn(arn)).toEqual(cluster);
});

test('roles of a pair of clusters', () => {
  const hub = { region: 'us-west-2', account: '1', name: 'hub' };
  expect(eksRoleSuffixSource(hub, { region: 'eu-north-1', account: '2', name: 'oslo' })).toBe('1#hub#2#oslo');
  expect(iamRoleArn('1', eksHubRoleName('abc'))).toBe('arn:aws:iam::1:role/ocm-hub-abc');
  expect(iamRoleArn('2', eksManagedRoleName('abc'))).toBe('arn:aws:iam::2:role/ocm-managed-cluster-abc');
});
