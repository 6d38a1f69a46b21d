import { expect, test } from '@jest/globals';
import { awsirsaSettings } from './awsirsa-settings.ts';

const hubClusterArn = 'arn:aws:eks:us-west-2:111111111111:cluster/hub';
const settings = (...autoApprovedArnPatterns: readonly string[]) =>
  awsirsaSettings({ hubClusterArn, autoApprovedArnPatterns, awsResourceTags: [] });

test('[registration 22] only a pattern that matches the whole ARN approves', () => {
  const arn = 'arn:aws:eks:us-west-2:222222222222:cluster/oslo';
  const approves = (pattern: string, candidate = arn): boolean => settings(pattern).isApproved(candidate);
  expect(approves('arn:aws:eks:us-west-2:222222222222:cluster/.*')).toBe(true);
  expect(approves('(?i)ARN:AWS:.*')).toBe(true); // as Go writes it
  expect(approves('arn:aws:eks:us-west-2:222222222222:cluster/os')).toBe(false);
  expect(approves('cluster/oslo')).toBe(false);
  expect(approves('.*', '')).toBe(false);
  expect(settings().isApproved(arn)).toBe(false);
  expect(settings('nothing', '.*/oslo').isApproved(arn)).toBe(true);
});

test('a pattern that is slow elsewhere is not', () => {
  const startedAt = Date.now();
  expect(settings('(a+)+b').isApproved('a'.repeat(2000))).toBe(false);
  expect(settings('.*').isApproved('a'.repeat(3000))).toBe(false);
  expect(Date.now() - startedAt).toBeLessThan(2000);
});

test.each([undefined, '', 'hub', 'arn:aws:eks:us-west-2:111111111111:nodegroup/hub'])(
  'the ARN "%s" of the hub is refused at the start',
  (arn) => {
    const flags = { hubClusterArn: arn, autoApprovedArnPatterns: [], awsResourceTags: [] };
    expect(() => awsirsaSettings(flags)).toThrow('--hub-cluster-arn must be arn:aws:eks:');
  },
);

test('a pattern that is none is refused at the start', () => {
  expect(() => settings('cluster/(')).toThrow('--auto-approved-arn-patterns: "cluster/(" is no regular expression');
});
