import { describe, expect, test } from '@jest/globals';
import { annotations, type ManagedCluster } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import type { AwsAccount } from './aws-account.ts';
import { awsirsaDriver } from './awsirsa-driver.ts';
import { awsirsaSettings } from './awsirsa-settings.ts';
import { resourceTags, trustPolicy } from './cluster-identity.ts';

const HUB = 'arn:aws:eks:us-west-2:111111111111:cluster/hub';
const ARN = 'arn:aws:eks:eu-north-1:222222222222:cluster/oslo';
/** Hex MD5 of 111111111111#hub#222222222222#oslo. */
const SUFFIX = 'b1918928f9a94f9d97d6b629637b462e';
const { signal } = new AbortController();

function claiming(arn?: string, suffix?: string): ManagedCluster {
  return aCluster({
    name: 'oslo',
    annotations: {
      ...(arn === undefined ? {} : { [annotations.managedClusterArn]: arn }),
      ...(suffix === undefined ? {} : { [annotations.managedClusterIamRoleSuffix]: suffix }),
    },
  });
}

/** An account that remembers which identities it has. */
function startDriver(tags: readonly string[] = []) {
  const identities = new Map<string, object>();
  const time = { ms: 0 };
  const account: AwsAccount = {
    async createIdentity({ suffix, ...identity }, { tags }) {
      identities.set(suffix, { ...identity, tags });
    },
    async deleteIdentity({ suffix }) {
      identities.delete(suffix);
    },
  };
  const flags = { hubClusterArn: HUB, autoApprovedArnPatterns: ['.*:222222222222:cluster/.*'], awsResourceTags: tags };
  const clock = { now: () => new Date(time.ms) };
  return { driver: awsirsaDriver(awsirsaSettings(flags), { account, clock }), identities, time };
}

test.each<[string, ManagedCluster, boolean]>([
  ['a cluster that has nothing to do with AWS', claiming(), true],
  ['an ARN that matches', claiming(ARN, SUFFIX), true],
  ['an ARN that does not match', claiming('arn:aws:eks:eu-north-1:3:cluster/oslo', SUFFIX), false],
  ['an ARN that matches in part', claiming(`${ARN}\nmore`, SUFFIX), false],
  ['an empty ARN', claiming('', SUFFIX), false],
  ['a role without an ARN', claiming(undefined, SUFFIX), false],
])('[registration 22] automatic acceptance of %s', (_what, cluster, accepted) => {
  expect(startDriver().driver.accepts?.(cluster)).toBe(accepted);
});

describe('the identity of a cluster', () => {
  test('is created for the cluster that joined this hub, and goes with it', async () => {
    const { driver, identities } = startDriver(['team=fleet', 'empty=']);
    await driver.grant?.(claiming(ARN, SUFFIX), { signal });
    expect(Object.fromEntries(identities)).toEqual({
      [SUFFIX]: {
        managed: { region: 'eu-north-1', account: '222222222222', name: 'oslo' },
        cluster: 'oslo',
        group: 'open-cluster-management:oslo',
        tags: { team: 'fleet', empty: '' },
      },
    });
    await driver.revoke?.(claiming(undefined, SUFFIX), { signal });
    expect(identities.size).toBe(0);
    await driver.grant?.(claiming(ARN, SUFFIX), { signal });
    await driver.revoke?.(claiming(ARN), { signal });
    expect(identities.size).toBe(0);
  });

  test('is believed to be there for hours, until the cluster claims another', async () => {
    const { driver, identities, time } = startDriver();
    await driver.grant?.(claiming(ARN, SUFFIX), { signal });
    identities.clear();
    await driver.grant?.(claiming(ARN, SUFFIX), { signal });
    expect(identities.size).toBe(0);
    time.ms += 6 * 3_600_000;
    await driver.grant?.(claiming(ARN, SUFFIX), { signal });
    expect(identities.size).toBe(1);
    await driver.revoke?.(claiming(ARN, SUFFIX), { signal });
    await driver.grant?.(claiming(ARN, SUFFIX), { signal });
    expect(identities.size).toBe(1);
  });

  test.each([[claiming()], [claiming(ARN)], [claiming(undefined, SUFFIX)]])(
    'needs both annotations: %#',
    async (cluster) => {
      const { driver, identities } = startDriver();
      await driver.grant?.(cluster, { signal });
      expect(identities.size).toBe(0);
    },
  );

  test.each([
    [
      ARN,
      'f'.repeat(32),
      'HubClusterARN provided during join by ManagedCluster oslo is different from the current hub cluster',
    ],
    ['oslo', SUFFIX, 'the ARN "oslo" of ManagedCluster oslo is not that of an EKS cluster'],
  ])('is refused for ARN %s and suffix %s', async (arn, suffix, message) => {
    await expect(startDriver().driver.grant?.(claiming(arn, suffix), { signal })).rejects.toThrow(message);
  });

  test.each(['a', 'a=b=c', '=b'])('is refused as long as a tag is "%s"', async (tag) => {
    const granting = startDriver([tag]).driver.grant?.(claiming(ARN, SUFFIX), { signal });
    await expect(granting).rejects.toThrow(`--aws-resource-tags: "${tag}"`);
    expect(() => resourceTags([tag])).toThrow('exactly one "="');
  });

  test.each(['../x', 'F'.repeat(32), ''])('that cannot exist is not looked for: %s', async (suffix) => {
    const account: AwsAccount = { createIdentity: () => Promise.reject(), deleteIdentity: () => Promise.reject() };
    const settings = awsirsaSettings({ hubClusterArn: HUB, autoApprovedArnPatterns: [], awsResourceTags: [] });
    const clock = { now: () => new Date() };
    await awsirsaDriver(settings, { account, clock }).revoke?.(claiming(ARN, suffix), { signal });
  });
});

test('only the agent of this cluster may take the role on, for this hub', () => {
  const hub = { region: 'us-west-2', account: '1', name: 'hub' };
  const managed = { region: 'eu-north-1', account: '2', name: 'oslo' };
  expect(trustPolicy(hub, { managed, suffix: 'abc' })).toMatchObject({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::2:role/ocm-managed-cluster-abc' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: {
            'aws:PrincipalTag/hub_cluster_account_id': '1',
            'aws:PrincipalTag/hub_cluster_name': 'hub',
            'aws:PrincipalTag/managed_cluster_account_id': '2',
            'aws:PrincipalTag/managed_cluster_name': 'oslo',
          },
        },
      },
    ],
  });
});
