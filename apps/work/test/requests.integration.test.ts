import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap } from '@ocm/api';
import { aConfigMap, type FaultProxy, type RecordedRequest, until } from '@ocm/testing';
import { type Cluster, type Lab, startLab } from './lab.ts';

const WORKS = Array.from({ length: 20 }, (_, index) => `work-${index}`);
const MANIFESTS = 5;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

const manifestsOf = (work: string, namespace: string) =>
  Array.from({ length: MANIFESTS }, (_, index) => aConfigMap({ name: `${work}-${index}`, namespace }));

/** Creates the works and waits until all of it is reported and recorded. */
async function deliverAll(cluster: Cluster): Promise<void> {
  await Promise.all(WORKS.map((name) => cluster.create({ name, manifests: manifestsOf(name, cluster.objects) })));
  await Promise.all(WORKS.map((name) => cluster.untilCondition(name, 'Applied', 'True')));
  await Promise.all(WORKS.map((name) => cluster.untilCondition(name, 'Available', 'True')));
  for (const name of WORKS) {
    await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === MANIFESTS, {
      describe: `the objects of ${name} are recorded`,
    });
  }
}

const OVERHEAD = ['', 'selfsubjectaccessreviews'];
const isOfWork = ({ verb, resource }: RecordedRequest): boolean =>
  verb !== 'list' && verb !== 'watch' && !OVERHEAD.includes(resource);

/** `verb resource` of the requests, with their number; without those that open a cache or a connection. */
function counts(proxy: FaultProxy): Record<string, number> {
  const names = proxy
    .requests()
    .filter(isOfWork)
    .map(({ verb, resource }) => `${verb} ${resource}`);
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, same]) => [name, same.length]));
}

test('new works cost two requests on the hub, and one for each manifest and two more on the managed cluster', async () => {
  const cluster = await lab.newCluster();
  const agent = await cluster.startAgent({ intervals: { statusSyncMs: 60_000 } });
  lab.hubProxy.clearRequests();
  lab.spokeProxy.clearRequests();
  await deliverAll(cluster);
  expect(counts(lab.hubProxy)).toEqual({
    'patch manifestworks': WORKS.length,
    'patch manifestworks/status': WORKS.length,
  });
  expect(counts(lab.spokeProxy)).toEqual({
    'create appliedmanifestworks': WORKS.length,
    'create configmaps': WORKS.length * MANIFESTS,
    'patch appliedmanifestworks/status': WORKS.length,
  });
  await agent.stop();
});

test('what has not changed costs nothing, however often it is looked at', async () => {
  const cluster = await lab.newCluster();
  const namespace = cluster.objects;
  const agent = await cluster.startAgent({ intervals: { statusSyncMs: 300, applyResyncMs: 300, collectMs: 50 } });
  await deliverAll(cluster);
  const isWatched = (): boolean =>
    lab.spokeProxy.requests({ verb: 'watch', resource: 'configmaps', namespace }).length > 0;
  await until(isWatched, { describe: 'the objects are watched' });
  const name = 'work-7-3';
  const edit = async (): Promise<void> => {
    const edited = { data: { key: 'edited' } };
    await lab.admin.kind(ConfigMap).mergePatch({ namespace, name }, edited, lab);
    await until(async () => (await cluster.object(ConfigMap, name))?.data?.['key'] === 'value', {
      describe: 'the edit is reverted',
    });
  };
  await edit(); // by now every object has been compared with the watch in place
  lab.hubProxy.clearRequests();
  lab.spokeProxy.clearRequests();
  // Each edit waits for a pass over its work; meanwhile there is one over every other work.
  for (let round = 0; round < 4; round += 1) await edit();
  expect(counts(lab.hubProxy)).toEqual({});
  expect(counts(lab.spokeProxy)).toEqual({ 'get configmaps': 4, 'update configmaps': 4 });
  await agent.stop();
});

test('the deletion of a work costs two requests on the hub, and no polling', async () => {
  const cluster = await lab.newCluster();
  const agent = await cluster.startAgent({ intervals: { statusSyncMs: 60_000 } });
  await deliverAll(cluster);
  lab.hubProxy.clearRequests();
  lab.spokeProxy.clearRequests();
  await Promise.all(WORKS.map((name) => cluster.delete(name)));
  await Promise.all(WORKS.map((name) => cluster.untilGone(name)));
  expect(counts(lab.hubProxy)).toEqual({
    'patch manifestworks': WORKS.length,
    'patch manifestworks/status': WORKS.length,
  });
  const objects = WORKS.length * MANIFESTS;
  const {
    'get configmaps': reads = 0,
    'get appliedmanifestworks': recordReads = 0,
    ...writes
  } = counts(lab.spokeProxy);
  expect(writes).toEqual({
    'delete appliedmanifestworks': WORKS.length,
    'delete configmaps': objects,
    'patch appliedmanifestworks': WORKS.length,
  });
  // Each is read before it is deleted and once more to see that it is gone; a slow one may be looked at again.
  expect(reads).toBeLessThanOrEqual(objects * 3);
  expect(recordReads).toBeLessThanOrEqual(WORKS.length * 3);
  await agent.stop();
});
