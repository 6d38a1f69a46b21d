import { afterAll, beforeAll, expect } from '@jest/globals';
import { AppliedManifestWork, ConfigMap } from '@ocm/api';
import { aConfigMap, until } from '@ocm/testing';
import { hubHashOf } from '../src/agent.ts';
import { test } from './driver.ts';
import { type Cluster, type Lab, startLab } from './lab.ts';

const CENTURY_MS = 100 * 365 * 24 * 3_600_000;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());

/** A cluster with one work that is applied; its agent is stopped. */
async function deliver(name: string): Promise<Cluster> {
  const cluster = await lab.newCluster();
  const agent = await cluster.startAgent();
  await cluster.create({ name, manifests: [aConfigMap({ name, namespace: cluster.objects })] });
  await cluster.untilCondition(name, 'Applied', 'True');
  await until(async () => (await cluster.appliedWork(name))?.status?.appliedResources?.length === 1, {
    describe: 'the object is recorded',
  });
  await agent.stop();
  return cluster;
}

/** Takes the work away as if it had never been there. */
async function loseWork(cluster: Cluster, name: string): Promise<void> {
  await cluster.patch(name, { metadata: { finalizers: [] } });
  await cluster.delete(name);
}

test('[work 36] a record without a work goes after the grace period, with its objects', async () => {
  const cluster = await deliver('lost');
  await loseWork(cluster, 'lost');
  const patient = await cluster.startAgent();
  const start = await until(async () => (await cluster.appliedWork('lost'))?.status?.evictionStartTime, {
    describe: 'the grace period has begun',
  });
  expect(await cluster.object(ConfigMap, 'lost')).toBeDefined();
  await patient.stop();
  const elapsedMs = Date.now() - Date.parse(start);
  const evictionGraceMs = elapsedMs + 3000;
  await cluster.startAgent({ intervals: { evictionGraceMs } });
  await until(async () => (await cluster.appliedWork('lost')) === undefined, { describe: 'the record is gone' });
  expect(Date.now() - Date.parse(start)).toBeGreaterThanOrEqual(evictionGraceMs);
  expect(await cluster.object(ConfigMap, 'lost')).toBeUndefined();
});

test('[work 37] a work that comes back ends the grace period', async () => {
  const cluster = await deliver('back');
  await loseWork(cluster, 'back');
  await cluster.startAgent();
  await until(async () => (await cluster.appliedWork('back'))?.status?.evictionStartTime, {
    describe: 'the grace period has begun',
  });
  const before = await cluster.object(ConfigMap, 'back');
  await cluster.create({ name: 'back', manifests: [aConfigMap({ name: 'back', namespace: cluster.objects })] });
  await until(async () => (await cluster.appliedWork('back'))?.status?.evictionStartTime === undefined, {
    describe: 'the grace period is over',
  });
  expect((await cluster.object(ConfigMap, 'back'))?.metadata.uid).toBe(before?.metadata.uid);
});

test('[work 38] a grace period of 100 years means never', async () => {
  const cluster = await deliver('forever');
  await loseWork(cluster, 'forever');
  const agent = await cluster.startAgent();
  await until(async () => (await cluster.appliedWork('forever'))?.status?.evictionStartTime, {
    describe: 'the grace period has begun',
  });
  await agent.stop();
  await cluster.startAgent({ intervals: { evictionGraceMs: CENTURY_MS } });
  await until(async () => (await cluster.appliedWork('forever'))?.status?.evictionStartTime === undefined, {
    describe: 'the start is cleared',
  });
  expect(await cluster.object(ConfigMap, 'forever')).toBeDefined();
});

test.each([
  ['[work 39] after a switch to another hub the old record goes, and the object keeps one owner', 'same', 1],
  ['[work 40] with another agent ID the old record stays, and the object has two owners', 'other', 2],
] as const)('%s', async (_title, agent, count) => {
  const cluster = await deliver(`switch-${agent}`);
  const before = await cluster.object(ConfigMap, `switch-${agent}`);
  const agentId = agent === 'same' ? cluster.agentId : 'another-agent';
  const hubHash = hubHashOf(`https://other-hub.example.com/${cluster.name}`);
  await cluster.startAgent({ hubHash, agentId, intervals: { evictionGraceMs: 1500 } });
  const owners = async () => (await cluster.object(ConfigMap, `switch-${agent}`))?.metadata.ownerReferences ?? [];
  if (agent === 'same') {
    await until(async () => (await cluster.appliedWork('switch-same')) === undefined, {
      describe: 'the old record is gone',
    });
  } else {
    await until(async () => (await owners()).length === 2, { describe: 'both records own the object' });
    expect((await cluster.appliedWork('switch-other'))?.status?.evictionStartTime).toBeUndefined();
  }
  expect(await owners()).toHaveLength(count);
  expect((await owners()).map(({ name }) => name)).toContain(`${hubHash}-switch-${agent}`);
  expect((await cluster.object(ConfigMap, `switch-${agent}`))?.metadata.uid).toBe(before?.metadata.uid);
  const record = await lab.admin.kind(AppliedManifestWork).find(`${hubHash}-switch-${agent}`, lab);
  expect(record?.spec?.agentID).toBe(agentId);
});

test('[work 39] what the new hub does not list goes after the grace period', async () => {
  const cluster = await deliver('left-behind');
  await loseWork(cluster, 'left-behind');
  const hubHash = hubHashOf(`https://other-hub.example.com/${cluster.name}`);
  await cluster.startAgent({ hubHash, intervals: { evictionGraceMs: 1500 } });
  await until(async () => (await cluster.appliedWork('left-behind')) === undefined, {
    describe: 'the old record is gone',
  });
  expect(await cluster.object(ConfigMap, 'left-behind')).toBeUndefined();
});
