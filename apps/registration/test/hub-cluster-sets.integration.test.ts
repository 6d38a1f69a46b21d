import {
  type Condition,
  findCondition,
  labels,
  ManagedCluster,
  ManagedClusterSet,
  ManagedClusterSetBinding,
} from '@ocm/api';
import { aClusterSet, aClusterSetBinding, until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

let lab: HubLab;

beforeAll(async () => {
  lab = await startHubLab();
  await lab.startHub();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const setsOf = () => lab.admin.kind(ManagedClusterSet);
const bindingsOf = () => lab.admin.kind(ManagedClusterSetBinding);

async function emptiness(set: string): Promise<Pick<Condition, 'status' | 'reason' | 'message'> | undefined> {
  const { status } = await setsOf().get(set, { signal: lab.signal });
  const { lastTransitionTime: _, type: __, ...said } = findCondition(status?.conditions, 'ClusterSetEmpty') ?? {};
  return said as Condition;
}

const empty = { status: 'True', reason: 'NoClusterMatched', message: 'No ManagedCluster selected' };
const selected = (members: number) => ({
  status: 'False',
  reason: 'ClustersSelected',
  message: `${members} ManagedClusters selected`,
});

async function untilSays(set: string, said: object): Promise<void> {
  await until(async () => expect(await emptiness(set)).toEqual(said) === undefined, {
    describe: `set ${set} says ${JSON.stringify(said)}`,
  });
}

async function label(cluster: string, changes: Readonly<Record<string, string | null>>): Promise<void> {
  const patch = { metadata: { labels: changes } };
  await lab.admin.kind(ManagedCluster).mergePatch(cluster, patch, { signal: lab.signal });
}

test('[registration 44] an exclusive set follows its clusters, in the set they leave and in the one they join', async () => {
  for (const name of ['left', 'joined']) await setsOf().create(aClusterSet({ name }), { signal: lab.signal });
  await untilSays('left', empty);
  for (const name of ['mover', 'stayer']) {
    await clusterActor(lab, name).create();
    await label(name, { [labels.clusterSet]: 'left' });
  }
  await untilSays('left', selected(2));
  await untilSays('joined', empty);
  await label('mover', { [labels.clusterSet]: 'joined' });
  await untilSays('left', selected(1));
  await untilSays('joined', selected(1));
  await clusterActor(lab, 'stayer').delete();
  await untilSays('left', empty);
});

test('[registration 45] an empty selector takes every cluster, none takes nobody', async () => {
  const { signal } = lab;
  const everybody = { selectorType: 'LabelSelector', labelSelector: {} } as const;
  await setsOf().create(aClusterSet({ name: 'everybody', selector: everybody }), { signal });
  await setsOf().create(aClusterSet({ name: 'nobody', selector: { selectorType: 'LabelSelector' } }), { signal });
  await clusterActor(lab, 'somebody').create();
  const countClusters = async (): Promise<number> => {
    let clusters = 0;
    for await (const { items } of lab.admin.kind(ManagedCluster).list({ signal })) clusters += items.length;
    return clusters;
  };
  // Those of an earlier test may still be on their way out.
  await until(async () => expect(await emptiness('everybody')).toEqual(selected(await countClusters())) === undefined, {
    describe: 'set everybody counts all clusters',
  });
  await untilSays('nobody', empty);
});

test('a set whose selector is broken keeps no other set from being counted', async () => {
  const matchExpressions = [{ key: 'a', operator: 'Near' }];
  const selector = { selectorType: 'LabelSelector', labelSelector: { matchExpressions } } as const;
  await setsOf().create(aClusterSet({ name: 'broken', selector }), { signal: lab.signal });
  await setsOf().create(aClusterSet({ name: 'sound' }), { signal: lab.signal });
  await clusterActor(lab, 'sound-member').create();
  await label('sound-member', { [labels.clusterSet]: 'sound' });
  await untilSays('sound', selected(1));
});

test('[registration 46] the sets default and global come back, and their selectors, with all else left alone', async () => {
  const { signal } = lab;
  const selectorOf = async (name: string) => (await setsOf().find(name, { signal }))?.spec?.clusterSelector;
  const areRight = async (): Promise<boolean> => {
    expect(await selectorOf('default')).toEqual({ selectorType: 'ExclusiveClusterSetLabel' });
    expect(await selectorOf('global')).toEqual({ selectorType: 'LabelSelector', labelSelector: {} });
    return true;
  };
  await until(areRight, { describe: 'both sets exist' });
  for (const name of ['default', 'global']) await setsOf().delete(name, { signal });
  await until(areRight, { describe: 'both sets exist again' });

  const metadata = { labels: { team: 'blue' }, annotations: { note: 'kept' } };
  const foreign = { selectorType: 'LabelSelector', labelSelector: { matchLabels: { a: 'b' } } };
  for (const name of ['default', 'global']) {
    const spec = { clusterSelector: foreign, managedNamespaces: [{ name: 'shared' }] };
    await setsOf().mergePatch(name, { metadata, spec }, { signal });
  }
  await until(areRight, { describe: 'both selectors are restored' });
  for (const name of ['default', 'global']) {
    const set = await setsOf().get(name, { signal });
    expect(set.metadata).toMatchObject(metadata);
    expect(set.spec?.managedNamespaces).toEqual([{ name: 'shared' }]);
    await setsOf().mergePatch(name, { spec: { managedNamespaces: null } }, { signal });
  }
});

test('[registration 46] with autoupdate false an edited selector stays', async () => {
  const { signal } = lab;
  const annotations = { 'cluster.open-cluster-management.io/autoupdate': 'false' };
  const clusterSelector = { selectorType: 'LabelSelector', labelSelector: { matchLabels: { a: 'b' } } };
  await until(() => setsOf().find('global', { signal }), { describe: 'global exists' });
  await setsOf().mergePatch('global', { metadata: { annotations }, spec: { clusterSelector } }, { signal });
  // Its count says that the hub has seen the edit.
  await untilSays('global', empty);
  expect((await setsOf().get('global', { signal })).spec?.clusterSelector).toEqual(clusterSelector);
  await setsOf().mergePatch(
    'global',
    { metadata: { annotations: { [Object.keys(annotations)[0] ?? '']: null } } },
    { signal },
  );
  await until(
    async () =>
      (await setsOf().get('global', { signal })).spec?.clusterSelector?.labelSelector?.matchLabels === undefined,
    {
      describe: 'the selector is restored once it is allowed again',
    },
  );
});

test('[registration 47] a binding says whether its set exists', async () => {
  const { signal } = lab;
  const set = 'bound';
  await bindingsOf().create(aClusterSetBinding({ set }), { signal });
  const untilBound = (said: object): Promise<unknown> =>
    until(
      async () => {
        const { status } = await bindingsOf().get({ namespace: 'default', name: set }, { signal });
        expect(findCondition(status?.conditions, 'Bound')).toMatchObject(said);
        return true;
      },
      { describe: `the binding says ${JSON.stringify(said)}` },
    );
  await untilBound({ status: 'False', reason: 'ClusterSetNotFound' });
  await setsOf().create(aClusterSet({ name: set }), { signal });
  await untilBound({ status: 'True', reason: 'ClusterSetBound', message: '' });
  await setsOf().delete(set, { signal });
  await untilBound({ status: 'False', reason: 'ClusterSetNotFound' });
});

test('[registration 43] members list the namespaces of all their sets, and what the agent says about one stays', async () => {
  const { signal } = lab;
  const clusters = lab.admin.kind(ManagedCluster);
  const everybody = { selectorType: 'LabelSelector', labelSelector: { matchLabels: { spaces: 'yes' } } } as const;
  await setsOf().create(aClusterSet({ name: 'spaces', managedNamespaces: ['one'] }), { signal });
  await setsOf().create(aClusterSet({ name: 'also', selector: everybody, managedNamespaces: ['two'] }), { signal });
  await clusterActor(lab, 'spaced').create();
  await label('spaced', { [labels.clusterSet]: 'spaces', spaces: 'yes' });
  const untilListed = (want: readonly object[]): Promise<unknown> =>
    until(
      async () => {
        const { status } = await clusters.get('spaced', { signal });
        expect(status?.managedNamespaces ?? []).toEqual(want);
        return true;
      },
      { describe: `the cluster lists ${JSON.stringify(want)}` },
    );
  await untilListed([
    { clusterSet: 'also', name: 'two' },
    { clusterSet: 'spaces', name: 'one' },
  ]);

  const conditions = [
    {
      type: 'NamespaceAvailable',
      status: 'True',
      reason: 'NamespaceApplied',
      message: 'Namespace successfully applied and managed',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ] as const;
  const cluster = await clusters.get('spaced', { signal });
  const managedNamespaces = (cluster.status?.managedNamespaces ?? []).map((entry) => ({ ...entry, conditions }));
  await clusters.mergePatch('spaced', { status: { managedNamespaces } }, { subresource: 'status', signal });
  await setsOf().mergePatch('spaces', { spec: { managedNamespaces: [{ name: 'three' }] } }, { signal });
  await untilListed([
    { clusterSet: 'also', name: 'two', conditions },
    { clusterSet: 'spaces', name: 'three' },
  ]);
  await setsOf().delete('also', { signal });
  await untilListed([{ clusterSet: 'spaces', name: 'three' }]);
  await label('spaced', { [labels.clusterSet]: null });
  await untilListed([]);
});

test('with the gate DefaultClusterSet off nobody makes the built-in sets', async () => {
  await using other = await startHubLab();
  await using _hub = await other.startHub({ gates: { DefaultClusterSet: false } });
  await clusterActor(other, 'c').createAccepted();
  for (const name of ['default', 'global']) {
    expect(await other.admin.kind(ManagedClusterSet).find(name, { signal: other.signal })).toBeUndefined();
  }
});
