import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { ConfigMap, type Kind } from '@ocm/api';
import { aConfigMap, aCustomResourceDefinition, until } from '@ocm/testing';
import { test } from './driver.ts';
import { type Cluster, type Lab, startLab } from './lab.ts';

const Gear: Kind = { group: 'example.com', version: 'v1', kind: 'Gear', plural: 'gears', namespaced: true };

let lab: Lab;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  lab = await startLab();
  cluster = await lab.newCluster();
  namespace = cluster.objects;
  await cluster.startAgent({ intervals: { applyResyncMs: 500 } });
});
afterEach(() => {
  for (const proxy of [lab.hubProxy, lab.spokeProxy]) {
    proxy.clearFaults();
    proxy.thawView();
  }
});
afterAll(() => lab.stop());

const deliver = async (name: string) => {
  await cluster.create({ name, manifests: [aConfigMap({ name, namespace })] });
  await cluster.untilCondition(name, 'Applied', 'True');
  await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === 1, {
    describe: 'the object is recorded',
  });
};
const keyOf = async (name: string) => (await cluster.object(ConfigMap, name))?.data?.['key'];

test('while the hub cannot be reached, works are enforced and nothing is evicted', async () => {
  await deliver('offline');
  lab.hubProxy.dropConnections();
  lab.hubProxy.inject({ fault: { kind: 'drop-request' } });
  await lab.admin.kind(ConfigMap).delete({ namespace, name: 'offline' }, lab);
  await until(async () => (await keyOf('offline')) === 'value', { describe: 'the object is made again' });
  const object = await cluster.object(ConfigMap, 'offline');
  await until(
    async () => (await cluster.appliedWork('offline'))?.status?.appliedResources?.[0]?.uid === object?.metadata.uid,
    { describe: 'its new UID is recorded' },
  );
  expect((await cluster.appliedWork('offline'))?.status?.evictionStartTime).toBeUndefined();
  lab.hubProxy.clearFaults();
  await deliver('online-again');
});

test('a managed cluster that fails for a while gets everything in the end', async () => {
  lab.spokeProxy.inject({ fault: { kind: 'status', code: 500 }, fraction: 0.3, times: 40 });
  lab.spokeProxy.inject({ fault: { kind: 'drop-answer' }, when: { verb: ['create', 'update', 'patch'] }, times: 3 });
  const names = Array.from({ length: 10 }, (_, index) => `shaky-${index}`);
  await Promise.all(names.map(deliver));
  expect(await Promise.all(names.map(keyOf))).toEqual(names.map(() => 'value'));
});

test('conflicts are settled within one pass', async () => {
  await deliver('conflict');
  const conflict = { kind: 'status', code: 409, reason: 'Conflict' } as const;
  const injected = lab.spokeProxy.inject({
    fault: conflict,
    when: { verb: 'update', resource: 'configmaps', name: 'conflict' },
    times: 3,
  });
  await cluster.update('conflict', { manifests: [aConfigMap({ name: 'conflict', namespace, data: { key: 'new' } })] });
  await cluster.untilCondition('conflict', 'Applied', 'True');
  expect(injected.hits).toBe(3);
  expect(await keyOf('conflict')).toBe('new');
});

test('a cache that is behind creates nothing twice and loses nothing', async () => {
  await lab.spokeProxy.freezeView({ verb: ['list', 'watch'], resource: 'appliedmanifestworks' });
  await cluster.create({ name: 'stale', manifests: [aConfigMap({ name: 'stale', namespace })] });
  await cluster.untilCondition('stale', 'Applied', 'True');
  // The record is not in the cache yet: a new pass has to find it live.
  await cluster.update('stale', { manifests: [aConfigMap({ name: 'stale', namespace, data: { key: 'new' } })] });
  await until(async () => (await keyOf('stale')) === 'new', { describe: 'the update is applied' });
  await cluster.delete('stale');
  lab.spokeProxy.thawView();
  await cluster.untilGone('stale');
  expect(await cluster.object(ConfigMap, 'stale')).toBeUndefined();
});

test('a deletion is not taken for done while the cache does not know of the record', async () => {
  await lab.spokeProxy.freezeView({ verb: ['list', 'watch'], resource: 'appliedmanifestworks' });
  await cluster.create({ name: 'unseen', manifests: [aConfigMap({ name: 'unseen', namespace })] });
  await cluster.untilCondition('unseen', 'Applied', 'True');
  await cluster.delete('unseen');
  await until(async () => (await cluster.appliedWork('unseen'))?.metadata.deletionTimestamp, {
    describe: 'the record is being deleted',
  });
  expect(await cluster.work('unseen')).toBeDefined();
  lab.spokeProxy.thawView();
  await cluster.untilGone('unseen');
  expect(await cluster.object(ConfigMap, 'unseen')).toBeUndefined();
});

test('an outage of discovery is not taken for a kind that is gone', async () => {
  const definition = aCustomResourceDefinition({ kind: Gear.kind, plural: Gear.plural });
  const gear = { apiVersion: 'example.com/v1', kind: Gear.kind, metadata: { name: 'gear', namespace } };
  await cluster.create({ name: 'gears', manifests: [definition, gear] });
  await cluster.untilCondition('gears', 'Applied', 'True');
  await until(async () => (await cluster.appliedWork('gears'))?.status?.appliedResources?.length === 2, {
    describe: 'both are recorded',
  });
  const discovery = { path: /^\/apis\/other\.example\.com\/v1$/ };
  lab.spokeProxy.inject({ fault: { kind: 'status', code: 503 }, when: discovery });
  const other = { apiVersion: 'other.example.com/v1', kind: 'Other', metadata: { name: 'x', namespace } };
  await cluster.update('gears', { manifests: [definition, other] });
  await cluster.untilCondition('gears', 'Applied', 'False');
  expect(await cluster.object(Gear, 'gear')).toBeDefined();
  expect((await cluster.appliedWork('gears'))?.status?.appliedResources).toHaveLength(2);
});

test('[work 22] a kind that is defined but not served for a moment keeps its record', async () => {
  const kind: Kind = { ...Gear, kind: 'Cog', plural: 'cogs' };
  const definition = aCustomResourceDefinition({ kind: kind.kind, plural: kind.plural });
  await cluster.create({ name: 'definition', manifests: [definition] });
  await cluster.untilCondition('definition', 'Applied', 'True');
  const cog = { apiVersion: 'example.com/v1', kind: kind.kind, metadata: { name: 'cog', namespace } };
  await cluster.create({ name: 'cogs', manifests: [cog, aConfigMap({ name: 'beside-cog', namespace })] });
  await cluster.untilCondition('cogs', 'Applied', 'True');
  await until(async () => (await cluster.appliedWork('cogs'))?.status?.appliedResources?.length === 2, {
    describe: 'both are recorded',
  });
  // As an API server answers that has not installed the path yet.
  const unserved = lab.spokeProxy.inject({
    fault: { kind: 'status', code: 404 },
    when: { verb: 'get', resource: 'cogs' },
  });
  await cluster.update('cogs', { manifests: [aConfigMap({ name: 'beside-cog', namespace })] });
  await until(() => unserved.hits > 1, { describe: 'the removed object is asked for' });
  expect((await cluster.appliedWork('cogs'))?.status?.appliedResources).toHaveLength(2);
  unserved.remove();
  await until(async () => (await cluster.appliedWork('cogs'))?.status?.appliedResources?.length === 1, {
    describe: 'the object is removed',
  });
  expect(await cluster.object(kind, 'cog')).toBeUndefined();
});
