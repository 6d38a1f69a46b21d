import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GetRoleCommand, IAMClient, ListRoleTagsCommand } from '@aws-sdk/client-iam';
import { annotations, ManagedCluster } from '@ocm/api';
import { type Clock, systemClock } from '@ocm/kube';
import { startSupervisor, until } from '@ocm/testing';
import { openAwsirsaDriver } from '../src/hub/driver/awsirsa/open-awsirsa-driver.ts';
import { roleSuffix } from '../src/hub/driver/awsirsa/cluster-identity.ts';
import { type EksStub, startEksStub } from './driver-eks-stub.ts';
import { type Moto, motoProblem, startMoto } from './driver-moto.ts';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';
import { startRegistration } from './registration-process.ts';

const HUB = { region: 'us-west-2', account: '111111111111', name: 'hub' };
const hubClusterArn = 'arn:aws:eks:us-west-2:111111111111:cluster/hub';
const MANAGED_ACCOUNT = '222222222222';
/** The account of moto's users. */
const OWN_ACCOUNT = '123456789012';

const problem = motoProblem();
if (problem !== undefined) process.stderr.write(`skipped: EKS registration against moto: ${problem}\n`);
const withMoto = problem === undefined ? describe : describe.skip;

const arnOf = (name: string): string => `arn:aws:eks:eu-north-1:${MANAGED_ACCOUNT}:cluster/${name}`;
const suffixOf = (name: string): string => roleSuffix(HUB, { region: 'eu-north-1', account: MANAGED_ACCOUNT, name });
const principalOf = (suffix: string): string => `arn:aws:iam::${OWN_ACCOUNT}:role/ocm-hub-${suffix}`;
const claim = (arn: string, suffix: string): Readonly<Record<string, string>> => ({
  [annotations.managedClusterArn]: arn,
  [annotations.managedClusterIamRoleSuffix]: suffix,
});

/** Of a server that is never asked. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: x, context: { cluster: c, user: u } }]
current-context: x
`;

/** Pauses are over at once. */
const impatientClock: Clock = { ...systemClock, sleep: () => Promise.resolve() };

async function isAccepted(cluster: ReturnType<typeof clusterActor>): Promise<boolean> {
  return (await cluster.condition('HubAcceptedManagedCluster'))?.status === 'True';
}

withMoto('registration of EKS clusters', () => {
  const supervisor = startSupervisor();
  let lab: HubLab;
  let moto: Moto;
  let eks: EksStub;
  let iam: IAMClient;

  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    moto = await startMoto(supervisor);
    eks = await startEksStub(moto.eksModel, HUB.name);
    iam = new IAMClient({ region: HUB.region, endpoint: moto.url });
    lab = await startHubLab();
    const flags = {
      hubClusterArn,
      autoApprovedArnPatterns: [arnOf('auto-.*')],
      awsResourceTags: ['team=fleet'],
    };
    const awsirsa = await openAwsirsaDriver(flags, {
      clock: impatientClock,
      endpoints: { iam: moto.url, sts: moto.url, eks: eks.url },
    });
    await lab.startHub({ drivers: ['csr', 'awsirsa'], awsirsa, gates: { ManagedClusterAutoApproval: true } });
  }, 400_000);

  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
    await eks[Symbol.asyncDispose]();
    await supervisor.stop();
  });

  async function createCluster(name: string, annotations?: Readonly<Record<string, string>>) {
    const metadata = { name, ...(annotations === undefined ? {} : { annotations }) };
    await lab.admin.kind(ManagedCluster).create({ metadata, spec: {} }, { signal: lab.signal });
    return clusterActor(lab, name);
  }

  async function roleOf(suffix: string) {
    return iam.send(new GetRoleCommand({ RoleName: `ocm-hub-${suffix}` })).then(
      ({ Role }) => Role,
      () => undefined,
    );
  }

  test('[registration 22] clusters whose whole ARN matches, and those without, are accepted automatically', async () => {
    const [matching, partly, foreign] = await Promise.all([
      createCluster('auto-a', claim(arnOf('auto-a'), suffixOf('auto-a'))),
      createCluster('partly', claim(`${arnOf('auto-b')}/x`.replace('arn:', 'an-arn:'), suffixOf('auto-b'))),
      createCluster('not-of-aws'),
    ]);
    await until(async () => (await isAccepted(matching)) && (await isAccepted(foreign)), {
      describe: 'both are accepted',
    });
    expect((await partly.find())?.spec?.hubAcceptsClient ?? false).toBe(false);
    expect((await partly.find())?.metadata.annotations).not.toHaveProperty([annotations.automaticallyAcceptedOn]);
  });

  test('an accepted cluster gets a role and an access entry, and loses both when it is denied', async () => {
    const suffix = suffixOf('auto-life');
    const cluster = await createCluster('auto-life', claim(arnOf('auto-life'), suffix));
    await until(() => isAccepted(cluster), { describe: 'it is accepted' });
    const role = await roleOf(suffix);
    expect(JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ''))).toMatchObject({
      Statement: [{ Principal: { AWS: `arn:aws:iam::${MANAGED_ACCOUNT}:role/ocm-managed-cluster-${suffix}` } }],
    });
    const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: `ocm-hub-${suffix}` }));
    expect(Tags).toEqual([{ Key: 'team', Value: 'fleet' }]);
    expect(eks.entries.get(principalOf(suffix))).toEqual({
      clusterName: 'hub',
      principalArn: principalOf(suffix),
      username: 'auto-life',
      kubernetesGroups: ['open-cluster-management:auto-life'],
      tags: { team: 'fleet' },
      clientRequestToken: expect.any(String),
    });

    await cluster.deny();
    await until(async () => (await cluster.condition('HubAcceptedManagedCluster'))?.status === 'False', {
      describe: 'it is denied',
    });
    expect(await roleOf(suffix)).toBeUndefined();
    expect(eks.entries.has(principalOf(suffix))).toBe(false);
    // Accepted and denied again: nothing that is there, or gone already, is an error.
    await cluster.accept();
    await until(() => isAccepted(cluster), { describe: 'it is accepted again' });
    expect(await roleOf(suffix)).toBeDefined();
    await cluster.delete();
    await until(async () => (await cluster.find()) === undefined, { describe: 'it is deleted' });
    expect(await roleOf(suffix)).toBeUndefined();
  });

  test('EKS may take a while to know the new role', async () => {
    eks.refuseCreations(9);
    const cluster = await createCluster('auto-slow', claim(arnOf('auto-slow'), suffixOf('auto-slow')));
    await until(() => eks.entries.has(principalOf(suffixOf('auto-slow'))), { describe: 'the access entry is there' });
    await until(() => isAccepted(cluster), { describe: 'it is accepted' });
  });

  test('a cluster that joined another hub is told so', async () => {
    const cluster = await createCluster('auto-lost', claim(arnOf('auto-lost'), 'f'.repeat(32)));
    const condition = await until(
      async () => {
        const seen = await cluster.condition('HubAcceptedManagedCluster');
        return seen?.reason === 'Error' && seen;
      },
      { describe: 'the condition says what is wrong' },
    );
    expect(condition.message).toBe(
      'HubClusterARN provided during join by ManagedCluster auto-lost is different from the current hub cluster',
    );
  });

  test('a cluster that claims the identity of another does not take it away', async () => {
    const suffix = suffixOf('auto-victim');
    const victim = await createCluster('auto-victim', claim(arnOf('auto-victim'), suffix));
    await until(() => isAccepted(victim), { describe: 'the first is accepted' });
    const thief = await createCluster('auto-thief', claim(arnOf('auto-victim'), suffix));
    await until(() => isAccepted(thief), { describe: 'the second is accepted' });
    await thief.delete();
    await until(async () => (await thief.find()) === undefined, { describe: 'the second is gone' });
    expect(await roleOf(suffix)).toBeDefined();
    expect(eks.entries.get(principalOf(suffix))).toMatchObject({ username: 'auto-victim' });
  });

  test('every request was one that the API of EKS knows', () => {
    expect(eks.entries.size).toBeGreaterThan(0);
    expect(eks.violations).toEqual([]);
  });
});

describe('registration controller', () => {
  test.each<{ what: string; flags: readonly string[]; says: string }>([
    { what: 'without the ARN of the hub', flags: [], says: '--hub-cluster-arn must be arn:aws:eks:' },
    {
      what: 'with a bad pattern',
      flags: [`--hub-cluster-arn=${hubClusterArn}`, '--auto-approved-arn-patterns=('],
      says: '"(" is no regular expression',
    },
    {
      what: 'without AWS credentials',
      flags: [`--hub-cluster-arn=${hubClusterArn}`],
      says: 'the driver awsirsa has no AWS credentials',
    },
  ])('does not start $what', async ({ flags, says }) => {
    const directory = await mkdtemp(join(tmpdir(), 'ocm-awsirsa-'));
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, KUBECONFIG);
    const common = [
      `--kubeconfig=${kubeconfig}`,
      '--namespace=hub',
      '--listen=127.0.0.1:0',
      '--disable-leader-election',
    ];
    const env = { HOME: directory, AWS_EC2_METADATA_DISABLED: 'true' };
    await using process = startRegistration(
      ['controller', ...common, '--enabled-registration-drivers=csr,awsirsa', ...flags],
      env,
    );
    expect(await process.ended).toBe(1);
    expect(process.stderr()).toContain(says);
    expect(process.stderr().trim().split('\n')).toHaveLength(1);
    await rm(directory, { recursive: true });
  });
});
