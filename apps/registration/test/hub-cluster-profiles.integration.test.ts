import {
  clusterConditions,
  type ConditionUpdate,
  ClusterProfile,
  findCondition,
  labels,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
  Namespace,
  setCondition,
} from '@ocm/api';
import { aClusterProfile, aClusterSet, aClusterSetBinding, until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';
import { clusterProfileRules } from './registration-controller-role.ts';

let lab: HubLab;
const profiles = () => lab.admin.kind(ClusterProfile);
const clusters = () => lab.admin.kind(ManagedCluster);

beforeAll(async () => {
  lab = await startHubLab();
  await lab.grantHub('cluster-profiles', clusterProfileRules);
  await lab.startHub({ gates: { ClusterProfile: true }, setCountIntervalMs: 50 });
  const { signal } = lab;
  for (const name of ['one', 'two']) await lab.admin.kind(Namespace).create({ metadata: { name } }, { signal });
  const selector = { selectorType: 'LabelSelector', labelSelector: { matchLabels: { tier: 'gold' } } } as const;
  await lab.admin.kind(ManagedClusterSet).create(aClusterSet({ name: 'blue' }), { signal });
  await lab.admin.kind(ManagedClusterSet).create(aClusterSet({ name: 'gold', selector }), { signal });
});
afterAll(async () => lab[Symbol.asyncDispose]());

async function clusterIn(name: string, given: Readonly<Record<string, string | null>>): Promise<void> {
  await clusterActor(lab, name).create();
  await clusters().mergePatch(name, { metadata: { labels: given } }, { signal: lab.signal });
}

async function bind(namespace: string, set: string): Promise<void> {
  await lab.admin.kind(ManagedClusterSetBinding).create(aClusterSetBinding({ namespace, set }), { signal: lab.signal });
}

async function namesIn(namespace: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { items } of profiles().list({ namespace, signal: lab.signal })) {
    names.push(...items.map(({ metadata }) => metadata.name));
  }
  return names.toSorted();
}

async function untilProfiles(namespace: string, names: readonly string[]): Promise<void> {
  await until(async () => expect(await namesIn(namespace)).toEqual(names) === undefined, {
    describe: `namespace ${namespace} has the profiles ${names.join()}`,
  });
}

test('[registration 48] each cluster of the bound sets has one profile, also one that two sets share', async () => {
  await clusterIn('b1', { [labels.clusterSet]: 'blue', tier: 'gold' });
  await clusterIn('b2', { [labels.clusterSet]: 'blue' });
  await clusterIn('g1', { tier: 'gold' });
  await bind('one', 'blue');
  await untilProfiles('one', ['b1', 'b2']);
  await bind('one', 'gold');
  await untilProfiles('one', ['b1', 'b2', 'g1']);
  await until(
    async () =>
      (await profiles().get({ namespace: 'one', name: 'b1' }, { signal: lab.signal })).metadata.labels?.[
        'multicluster.x-k8s.io/clusterset'
      ] === 'blue',
    {
      describe: 'the profile has all its labels',
    },
  );
  expect(await profiles().get({ namespace: 'one', name: 'b1' }, { signal: lab.signal })).toMatchObject({
    metadata: {
      labels: {
        'x-k8s.io/cluster-manager': 'open-cluster-management',
        'open-cluster-management.io/cluster-name': 'b1',
      },
    },
    spec: { displayName: 'b1', clusterManager: { name: 'open-cluster-management' } },
  });
  await bind('two', 'nowhere');
  expect(await namesIn('two')).toEqual([]);
});

test('[registration 49] it goes with the binding, with the cluster, and with the label that made it a member', async () => {
  const { signal } = lab;
  await bind('two', 'blue');
  await untilProfiles('two', ['b1', 'b2']);
  await clusters().mergePatch('b2', { metadata: { labels: { [labels.clusterSet]: null } } }, { signal });
  await untilProfiles('two', ['b1']);
  await untilProfiles('one', ['b1', 'g1']);
  await clusterActor(lab, 'g1').delete();
  await untilProfiles('one', ['b1']);
  await lab.admin.kind(ManagedClusterSetBinding).delete({ namespace: 'two', name: 'blue' }, { signal });
  await untilProfiles('two', []);
});

test('[registration 50] profiles say what their cluster says, and what others wrote there stays', async () => {
  const { signal } = lab;
  const ref = { namespace: 'one', name: 'b1' };
  await untilProfiles('one', ['b1']);
  const accessProviders = [{ name: 'open-cluster-management', cluster: { server: 'https://proxy/b1' } }];
  const patch = { status: { accessProviders } };
  await profiles().mergePatch(ref, patch, { subresource: 'status', signal });
  const say = async (condition: ConditionUpdate): Promise<unknown> =>
    until(
      async () => {
        const seen = await clusters().get('b1', { signal });
        const joined = setCondition(seen.status?.conditions, clusterConditions.joined.joined, new Date());
        const status = {
          ...seen.status,
          version: { kubernetes: 'v1.35.4' },
          clusterClaims: [{ name: 'region', value: 'eu' }],
          conditions: setCondition(joined, condition, new Date()),
        };
        return clusters().patchStatus(seen, status, { signal });
      },
      { describe: 'the cluster reports' },
    );
  const untilSaid = (said: object): Promise<unknown> =>
    until(
      async () => {
        const { status } = await profiles().get(ref, { signal });
        expect(findCondition(status?.conditions, 'ControlPlaneHealthy')).toMatchObject(said);
        expect(findCondition(status?.conditions, 'Joined')).toMatchObject({
          status: 'True',
          reason: 'ManagedClusterJoined',
        });
        expect(status).toMatchObject({
          version: { kubernetes: 'v1.35.4' },
          properties: [{ name: 'region', value: 'eu' }],
          accessProviders,
        });
        return true;
      },
      { describe: `the profile says ${JSON.stringify(said)}` },
    );
  const { available, apiServerUnavailable } = clusterConditions.available;
  await say(available);
  await untilSaid({ status: 'True', reason: 'ManagedClusterAvailable', message: 'Managed cluster is available' });
  await say({ ...apiServerUnavailable, message: 'no answer' });
  await untilSaid({ status: 'False', reason: 'ManagedClusterKubeAPIServerUnavailable', message: 'no answer' });
});

test('[registration 50] a profile of another inventory is left alone, and its name does not stop the others', async () => {
  const { signal } = lab;
  await lab.admin.kind(Namespace).create({ metadata: { name: 'three' } }, { signal });
  const foreign = aClusterProfile({ cluster: 'b1', namespace: 'three' });
  const { labels: _, ...metadata } = foreign.metadata;
  await profiles().create({ ...foreign, metadata, spec: { clusterManager: { name: 'somebody' } } }, { signal });
  await clusters().mergePatch('b2', { metadata: { labels: { [labels.clusterSet]: 'blue' } } }, { signal });
  await bind('three', 'blue');
  await until(async () => (await namesIn('three')).includes('b2'), { describe: 'the other profile exists' });
  const kept = await profiles().get({ namespace: 'three', name: 'b1' }, { signal });
  expect([kept.spec.clusterManager.name, kept.status, kept.metadata.labels]).toEqual([
    'somebody',
    undefined,
    undefined,
  ]);
});
