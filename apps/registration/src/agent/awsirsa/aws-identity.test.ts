import { expect, test } from '@jest/globals';
import { awsIdentity } from './aws-identity.ts';

const hubClusterArn = 'arn:aws:eks:us-west-2:111111111111:cluster/hub';
const managedClusterArn = 'arn:aws:eks:eu-north-1:222222222222:cluster/oslo';
/** Hex MD5 of 111111111111#hub#222222222222#oslo. */
const suffix = 'b1918928f9a94f9d97d6b629637b462e';

test.each([undefined, suffix])('the suffix follows from the ARNs; given: %s', (managedClusterRoleSuffix) => {
  expect(awsIdentity({ hubClusterArn, managedClusterArn, managedClusterRoleSuffix })).toEqual({
    hub: { region: 'us-west-2', account: '111111111111', name: 'hub' },
    managedArn: managedClusterArn,
    suffix,
  });
});

test.each<[string, object, string]>([
  ['no ARN of the hub', { hubClusterArn: undefined }, '--hub-cluster-arn must be arn:aws:eks:<region>'],
  ['a bad ARN of the hub', { hubClusterArn: 'hub' }, '--hub-cluster-arn must be arn:aws:eks:<region>'],
  ['no ARN of the cluster', { managedClusterArn: undefined }, '--managed-cluster-arn must be arn:aws:eks:<region>'],
  ['the suffix of others', { managedClusterRoleSuffix: 'abc' }, `--managed-cluster-role-suffix must be "${suffix}"`],
])('%s is an error at the start', (_what, over, message) => {
  const flags = { hubClusterArn, managedClusterArn, managedClusterRoleSuffix: undefined, ...over };
  expect(() => awsIdentity(flags)).toThrow(message);
});
