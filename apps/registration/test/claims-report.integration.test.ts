import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ClusterClaim, ClusterProperty, ManagedCluster } from '@ocm/api';
import { until } from '@ocm/testing';
import { type AgentLab, type JoiningCluster, type RunningAgent, startAgentLab } from './agent-lab.ts';

// All agents of a lab are on the same cluster, so they see the same claims: each test has names of its own.
const GATES = '--feature-gates=ClusterProperty=true';

let lab: AgentLab;
beforeAll(async () => {
  lab = await startAgentLab();
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function joined(
  name: string,
  flags: readonly string[] = [],
): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  const agent = await cluster.start({ flags });
  await cluster.admit();
  return { cluster, agent };
}

async function untilReported(cluster: JoiningCluster, want: unknown): Promise<void> {
  await until(async () => expect((await cluster.find())?.status?.clusterClaims ?? []).toEqual(want) === undefined, {
    describe: `${cluster.name} reports its claims`,
  });
}

const pairs = (names: readonly string[]): unknown => names.map((name) => ({ name, value: 'v' }));

const claims = (): ReturnType<typeof lab.admin.kind<ClusterClaim>> => lab.admin.kind(ClusterClaim);
const properties = (): ReturnType<typeof lab.admin.kind<ClusterProperty>> => lab.admin.kind(ClusterProperty);

test('[registration 40] claims are reported, changed and withdrawn as they are on the cluster', async () => {
  const { signal } = lab.hub;
  const { cluster, agent } = await joined('claiming');
  const make = (name: string, value: string): Promise<unknown> =>
    claims().create({ metadata: { name }, spec: { value } }, { signal });
  await Promise.all([make('zone', 'z1'), make('area', 'a1'), make('id.k8s.io', 'id1')]);
  await untilReported(cluster, [
    { name: 'id.k8s.io', value: 'id1' },
    { name: 'area', value: 'a1' },
    { name: 'zone', value: 'z1' },
  ]);
  await claims().mergePatch('zone', { spec: { value: 'z2' } }, { signal });
  await claims().delete('area', { signal });
  await untilReported(cluster, [
    { name: 'id.k8s.io', value: 'id1' },
    { name: 'zone', value: 'z2' },
  ]);
  await claims().delete('id.k8s.io', { signal });
  await claims().delete('zone', { signal });
  await untilReported(cluster, []);
  await agent.stop();
});

test('[registration 41] the limit holds for custom claims alone, and suffixes reserve further ones', async () => {
  const { signal } = lab.hub;
  const custom = Array.from({ length: 22 }, (_, index) => `custom-${String(index).padStart(2, '0')}`);
  const reserved = ['a.acme.io', 'product.open-cluster-management.io'];
  const all = [...custom, ...reserved];
  await Promise.all(all.map((name) => claims().create({ metadata: { name }, spec: { value: 'v' } }, { signal })));
  const { cluster, agent } = await joined('limited', ['--reserved-cluster-claim-suffixes=acme.io']);
  await untilReported(cluster, pairs([...reserved, ...custom.slice(0, 20)]));
  await agent.stop();

  const frugal = await cluster.start({ flags: ['--max-custom-cluster-claims=1'] });
  await untilReported(cluster, pairs(['product.open-cluster-management.io', 'a.acme.io']));
  expect(frugal.log.find(({ message }) => message.startsWith('more cluster claims'))?.fields).toMatchObject({
    limit: 1,
    claims: expect.arrayContaining(['custom-21']),
  });
  await frugal.stop();

  const silent = await cluster.start({ flags: ['--feature-gates=ClusterClaim=false'] });
  await untilReported(cluster, []);
  await silent.stop();
  await Promise.all(all.map((name) => claims().delete(name, { signal })));
});

test('[registration 42] a property wins over the claim of its name, and spoke-only objects are not shown', async () => {
  const { signal } = lab.hub;
  const spokeOnly = { 'open-cluster-management.io/spoke-only': '' };
  await claims().create({ metadata: { name: 'region' }, spec: { value: 'of the claim' } }, { signal });
  await claims().create({ metadata: { name: 'private', labels: spokeOnly }, spec: { value: 'v' } }, { signal });
  await properties().create({ metadata: { name: 'region' }, spec: { value: 'of the property' } }, { signal });
  await properties().create({ metadata: { name: 'hidden', labels: spokeOnly }, spec: { value: 'v' } }, { signal });
  await properties().create({ metadata: { name: 'huge' }, spec: { value: 'x'.repeat(2000) } }, { signal });
  const { cluster, agent } = await joined('described', [GATES]);
  await untilReported(cluster, [{ name: 'region', value: 'of the property' }]);
  await properties().delete('region', { signal });
  await untilReported(cluster, [{ name: 'region', value: 'of the claim' }]);
  await properties().mergePatch('hidden', { metadata: { labels: null } }, { signal });
  await untilReported(cluster, [
    { name: 'hidden', value: 'v' },
    { name: 'region', value: 'of the claim' },
  ]);
  await agent.stop();
});

test('claims of others in the status do not survive', async () => {
  const { signal } = lab.hub;
  const { cluster, agent } = await joined('corrected');
  const strange = { status: { clusterClaims: [{ name: 'strange', value: 'v' }] } };
  await lab.admin.kind(ManagedCluster).mergePatch('corrected', strange, { signal, subresource: 'status' });
  await until(async () => !(await cluster.find())?.status?.clusterClaims?.some(({ name }) => name === 'strange'), {
    describe: 'the claim is gone',
  });
  await agent.stop();
});
