import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AppliedManifestWork, ConfigMap, type DeleteOption } from '@ocm/api';
import { aConfigMap, startFaultProxy, until, type WriteCut } from '@ocm/testing';
import { hubHashOf } from '../src/agent.ts';
import { type AgentOver, type Cluster, conditionsOf, type Lab, type RunningAgent, startLab } from './lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

interface Cut {
  readonly afterWrites: number;
  readonly answer: 'delivered' | 'lost';
}

/** Waits until a check holds; when the agent dies before, its successor has to get there. */
type Settle = (describe: string, check: () => Promise<void>) => Promise<void>;

/** An agent that dies after its n-th write, and has a successor that is spared. */
async function startMortal(cluster: Cluster, cut: Cut, over: AgentOver = {}) {
  const proxy = await startFaultProxy({ controlPlane: lab.cp });
  const servers = { hub: proxy.url, spoke: proxy.url };
  const crash: WriteCut = proxy.cutAfterWrites({ ...cut, when: { userAgent: /work-agent/ } });
  let agent: RunningAgent = await cluster.startAgent({ ...over, servers });
  let hasCrashed = false;
  const settle: Settle = async (what, check) => {
    await until(
      async () => {
        if (crash.isCut && !hasCrashed) {
          hasCrashed = true;
          await agent.kill();
          crash.restore();
          agent = await cluster.startAgent({ ...over, servers });
        }
        await check();
        return true;
      },
      { describe: what, signal: lab.signal },
    );
  };
  const close = async (): Promise<void> => {
    // When two reports fall together a life has a write less, so that its last crash does not come.
    if (!hasCrashed) expect(crash.writes).toBeGreaterThanOrEqual(cut.afterWrites - 1);
    await agent.kill();
    await proxy.close();
  };
  return { settle, close };
}

const data = async (cluster: Cluster, name: string) => (await cluster.object(ConfigMap, name))?.data?.['key'];
const owners = async (cluster: Cluster, name: string) =>
  (await cluster.object(ConfigMap, name))?.metadata.ownerReferences?.map((owner) => owner.name) ?? [];

async function expectApplied(cluster: Cluster, generation: number, wanted: Record<string, string | undefined>) {
  const { conditions } = (await cluster.work('life'))?.status ?? {};
  expect(conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([generation, generation]);
  expect(conditionsOf({ conditions: conditions ?? [] })).toEqual(['Applied=True', 'Available=True']);
  const record = await cluster.appliedWork('life');
  const names = Object.keys(wanted);
  const objects = await Promise.all(names.map((name) => cluster.object(ConfigMap, name)));
  const found = objects.map((object) => object?.data?.['key']);
  expect(Object.fromEntries(names.map((name, index) => [name, found[index]]))).toEqual(wanted);
  const present = objects.filter((object) => object !== undefined);
  expect(record?.status?.appliedResources?.map(({ uid }) => uid)).toEqual(present.map(({ metadata }) => metadata.uid));
  return { record, present };
}

async function expectOwned(cluster: Cluster, generation: number, wanted: Record<string, string | undefined>) {
  const { record, present } = await expectApplied(cluster, generation, wanted);
  for (const { metadata } of present) {
    expect(metadata.ownerReferences).toMatchObject([{ kind: 'AppliedManifestWork', uid: record?.metadata.uid }]);
  }
}

async function expectGone(cluster: Cluster) {
  expect([await cluster.work('life'), await cluster.appliedWork('life')]).toEqual([undefined, undefined]);
}

const mapIn = (namespace: string) => (name: string, value: string) =>
  aConfigMap({ name, namespace, data: { key: value } });

/** Applied, updated with an object that goes and one that comes, deleted. */
async function wholeLife(cluster: Cluster, cut: Cut, type: 'Update' | 'ServerSideApply'): Promise<void> {
  const { settle, close } = await startMortal(cluster, cut);
  const namespace = cluster.objects;
  const map = mapIn(namespace);
  const resourceIdentifier = { resource: 'configmaps', namespace, name: '*' };
  const manifestConfigs = [{ resourceIdentifier, updateStrategy: { type } }];
  await lab.admin.kind(ConfigMap).create(map('bystander', 'theirs'), lab);

  await cluster.create({ name: 'life', manifests: [map('a', 'one'), map('b', 'one')], manifestConfigs });
  await settle('it is applied', () => expectOwned(cluster, 1, { a: 'one', b: 'one' }));

  await cluster.update('life', { manifests: [map('a', 'two'), map('c', 'two')], manifestConfigs });
  await settle('it is updated', () => expectOwned(cluster, 2, { a: 'two', b: undefined, c: 'two' }));

  await cluster.delete('life');
  await settle('it is gone', () => expectGone(cluster));
  const left = await Promise.all(['a', 'c', 'bystander'].map((name) => data(cluster, name)));
  expect(left).toEqual([undefined, undefined, 'theirs']);
  await close();
}

/** Applied, orphaned, deleted: the objects stay, and are nobody's. */
async function orphanedLife(cluster: Cluster, cut: Cut): Promise<void> {
  const { settle, close } = await startMortal(cluster, cut);
  const map = mapIn(cluster.objects);
  const deleteOption: DeleteOption = { propagationPolicy: 'Orphan' };
  await cluster.create({ name: 'life', manifests: [map('a', 'one'), map('b', 'one')] });
  await settle('it is applied', () => expectOwned(cluster, 1, { a: 'one', b: 'one' }));

  await cluster.update('life', { manifests: [map('a', 'one')], deleteOption });
  await settle('it is orphaned', async () => {
    await expectApplied(cluster, 2, { a: 'one' });
    expect([await owners(cluster, 'a'), await owners(cluster, 'b')]).toEqual([[], []]);
  });

  await cluster.delete('life');
  await settle('it is gone', () => expectGone(cluster));
  expect(await Promise.all(['a', 'b'].map((name) => data(cluster, name)))).toEqual(['one', 'one']);
  await close();
}

/** Records of a former hub are evicted: an object that the new hub lists too stays and has one owner, the other goes. */
async function evictedLife(cluster: Cluster, cut: Cut): Promise<void> {
  const map = mapIn(cluster.objects);
  const before = await cluster.startAgent();
  await cluster.create({ name: 'kept', manifests: [map('a', 'one')] });
  await cluster.create({ name: 'lost', manifests: [map('b', 'one')] });
  for (const name of ['kept', 'lost']) {
    await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === 1, {
      describe: `${name} is recorded`,
    });
  }
  await before.stop();
  await cluster.patch('lost', { metadata: { finalizers: [] } });
  await cluster.delete('lost');

  const hubHash = hubHashOf(`https://new-hub.example.com/${cluster.name}`);
  const over = { hubHash, intervals: { evictionGraceMs: 300 } };
  const { settle, close } = await startMortal(cluster, cut, over);
  await settle('the old records are gone', async () => {
    expect([await cluster.appliedWork('kept'), await cluster.appliedWork('lost')]).toEqual([undefined, undefined]);
    const record = await lab.admin.kind(AppliedManifestWork).find(`${hubHash}-kept`, lab);
    expect(record?.status?.appliedResources?.map(({ name }) => name)).toEqual(['a']);
    expect(await owners(cluster, 'a')).toEqual([`${hubHash}-kept`]);
    expect(await cluster.object(ConfigMap, 'b')).toBeUndefined();
  });
  await close();
}

const upTo = (writes: number): readonly number[] => Array.from({ length: writes }, (_, index) => index + 1);

// Every write but the last of what each life costs.
describe.each(['delivered', 'lost'] as const)('when the last answer is %s', (answer) => {
  test.each(upTo(17))('a crash after write %d of a life leads to the same end', async (afterWrites) => {
    await wholeLife(await lab.newCluster(), { afterWrites, answer }, 'Update');
  });

  test.each(upTo(20))(
    'a crash after write %d of a life by server-side apply leads to the same end',
    async (afterWrites) => {
      await wholeLife(await lab.newCluster(), { afterWrites, answer }, 'ServerSideApply');
    },
  );

  test.each(upTo(13))('a crash after write %d of an orphaned life leads to the same end', async (afterWrites) => {
    await orphanedLife(await lab.newCluster(), { afterWrites, answer });
  });

  test.each(upTo(10))('a crash after write %d of an eviction leads to the same end', async (afterWrites) => {
    await evictedLife(await lab.newCluster(), { afterWrites, answer });
  });
});
