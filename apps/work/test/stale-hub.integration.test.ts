import { afterEach, afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap } from '@ocm/api';
import { aConfigMap, until } from '@ocm/testing';
import { type Cluster, type Lab, startLab } from './lab.ts';

// The hub serves an old list to an agent that has just started: nothing is destroyed on the strength of it.

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
});
afterEach(() => lab.hubProxy.thawView());
afterAll(() => lab.stop());

/** What an agent brings about that sees the hub as it is, while the view of the proxy stays where it was. */
async function behindTheProxy(act: () => Promise<void>): Promise<void> {
  await lab.hubProxy.freezeView({ verb: ['list', 'watch'], resource: 'manifestworks' });
  const servers = { hub: lab.cp.url, spoke: lab.cp.url };
  const agent = await cluster.startAgent({ servers });
  await act();
  await agent.stop();
}

const recorded = async (work: string): Promise<number> =>
  (await cluster.appliedWork(work))?.status?.appliedResources?.length ?? 0;
const readLive = (work: string): boolean =>
  lab.hubProxy.requests({ verb: 'get', resource: 'manifestworks', name: work }).length > 0;

test('a work that the old list does not have is not evicted', async () => {
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await behindTheProxy(async () => {
    await cluster.create({ name: 'new', manifests: [aConfigMap({ name: 'a', namespace })] });
    await cluster.untilCondition('new', 'Applied', 'True');
    await until(async () => (await recorded('new')) === 1, { describe: 'the object is recorded' });
  });
  const uid = (await cluster.object(ConfigMap, 'a'))?.metadata.uid;
  const agent = await cluster.startAgent({ intervals: { evictionGraceMs: 100 } });
  await until(() => readLive('new'), { describe: 'the agent asks the hub before it evicts' });
  expect((await cluster.appliedWork('new'))?.metadata.deletionTimestamp).toBeUndefined();
  lab.hubProxy.thawView();
  await until(async () => (await cluster.appliedWork('new'))?.status?.evictionStartTime === undefined, {
    describe: 'the eviction is called off',
  });
  expect((await cluster.object(ConfigMap, 'a'))?.metadata.uid).toBe(uid);
  await agent.stop();
});

test('an object that the old list does not want is not pruned', async () => {
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  const a = aConfigMap({ name: 'a', namespace });
  const b = aConfigMap({ name: 'b', namespace });
  const first = await cluster.startAgent({ servers: { hub: lab.cp.url, spoke: lab.cp.url } });
  await cluster.create({ name: 'grown', manifests: [a] });
  await cluster.untilCondition('grown', 'Applied', 'True');
  await first.stop();
  await behindTheProxy(async () => {
    await cluster.update('grown', { manifests: [a, b] });
    await cluster.untilCondition('grown', 'Applied', 'True');
    await until(async () => (await recorded('grown')) === 2, { describe: 'both objects are recorded' });
  });
  const uid = (await cluster.object(ConfigMap, 'b'))?.metadata.uid;
  const agent = await cluster.startAgent();
  await until(async () => readLive('grown') || (await cluster.object(ConfigMap, 'b')) === undefined, {
    describe: 'the agent asks the hub before it prunes',
  });
  lab.hubProxy.thawView();
  await cluster.untilCondition('grown', 'Applied', 'True');
  expect((await cluster.object(ConfigMap, 'b'))?.metadata.uid).toBe(uid);
  await agent.stop();
});
