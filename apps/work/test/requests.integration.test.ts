import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigMap } from '@ocm/api';
import { aConfigMap, type AuditEntry, until } from '@ocm/testing';
import { type AgentOver, type Cluster, type Lab, type RunningAgent, startLab, untilQuiet } from './lab.ts';

const WORKS = Array.from({ length: 20 }, (_, index) => `work-${index}`);
const MANIFESTS = 5;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ audit: true });
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

/** An agent that talks to the API server itself, whose audit log counts. */
function startAgent(cluster: Cluster, intervals: NonNullable<AgentOver['intervals']>): Promise<RunningAgent> {
  return cluster.startAgent({ servers: { hub: lab.cp.url, spoke: lab.cp.url }, intervals });
}

/** Without conflicts, which cost a request when caches are slow. Reviews and discovery come once for a kind, lists and watches once for a cache. */
const isAgents = ({ userAgent, verb, object, code }: AuditEntry): boolean =>
  userAgent === 'work-agent' &&
  code !== 409 &&
  object !== undefined &&
  object.resource !== 'selfsubjectaccessreviews' &&
  !['list', 'watch'].includes(verb);

const agentRequests = async (): Promise<readonly AuditEntry[]> => (await lab.cp.readAudit()).filter(isAgents);
const untilPause = (): Promise<number> => untilQuiet(async () => (await agentRequests()).length);

/** Remembers the requests up to a pause of the agent; the result waits for its next pause and counts those since, as `verb resource`. */
async function countFromNow(): Promise<() => Promise<Record<string, number>>> {
  const before = await untilPause();
  return async () => {
    await untilPause();
    const entries = (await agentRequests()).slice(before);
    const groups = Map.groupBy(
      entries,
      ({ verb, object }) => `${verb} ${[object?.resource, object?.subresource].filter(Boolean).join('/')}`,
    );
    return Object.fromEntries([...groups].map(([name, same]) => [name, same.length]));
  };
}

test('new works cost two requests on the hub, and one for each manifest and two more on the managed cluster', async () => {
  const cluster = await lab.newCluster();
  const agent = await startAgent(cluster, { statusSyncMs: 60_000 });
  const counted = await countFromNow();
  await deliverAll(cluster);
  expect(await counted()).toEqual({
    // hub
    'patch manifestworks': WORKS.length,
    'patch manifestworks/status': WORKS.length,
    // managed cluster
    'create appliedmanifestworks': WORKS.length,
    'create configmaps': WORKS.length * MANIFESTS,
    'patch appliedmanifestworks/status': WORKS.length,
  });
  await agent.stop();
});

/** What was created before the watch began costs the agent a look. */
async function untilWatched({ objects: namespace }: Cluster): Promise<void> {
  const isWatched = async (): Promise<boolean> =>
    (await lab.cp.readAudit()).some(({ verb, object }) => verb === 'watch' && object?.namespace === namespace);
  await until(isWatched, { describe: 'the objects are watched' });
}

test('what has not changed costs nothing, however often it is looked at', async () => {
  const cluster = await lab.newCluster();
  const namespace = cluster.objects;
  const agent = await startAgent(cluster, { statusSyncMs: 300, applyResyncMs: 300, collectMs: 50 });
  await deliverAll(cluster);
  await untilWatched(cluster);
  const name = 'work-7-3';
  const edit = async (): Promise<void> => {
    const edited = { data: { key: 'edited' } };
    await lab.admin.kind(ConfigMap).mergePatch({ namespace, name }, edited, lab);
    await until(async () => (await cluster.object(ConfigMap, name))?.data?.['key'] === 'value', {
      describe: 'the edit is reverted',
    });
  };
  await edit(); // by now every object has been compared with the watch in place
  const counted = await countFromNow();
  // Each edit waits for a pass over its work; meanwhile there is one over every other work.
  for (let round = 0; round < 4; round += 1) await edit();
  const { 'get configmaps': reads = 0, ...writes } = await counted();
  expect(writes).toEqual({ 'update configmaps': 4 });
  // Once for each edit, and again when passes come before the watch has told of our own write; polling would be one for each of 100 objects.
  expect(reads).toBeLessThanOrEqual(20);
  await agent.stop();
});

test('a changed work costs one request on the hub, and one for each manifest on the managed cluster', async () => {
  const cluster = await lab.newCluster();
  const namespace = cluster.objects;
  const agent = await startAgent(cluster, { statusSyncMs: 60_000 });
  await deliverAll(cluster);
  await untilWatched(cluster);
  const counted = await countFromNow();
  const changed = (work: string) =>
    manifestsOf(work, namespace).map((object) => ({ ...object, data: { key: 'next' } }));
  await Promise.all(WORKS.map((name) => cluster.update(name, { manifests: changed(name) })));
  await Promise.all(WORKS.map((name) => cluster.untilCondition(name, 'Applied', 'True')));
  for (const name of WORKS) {
    await until(async () => (await cluster.object(ConfigMap, `${name}-4`))?.data?.['key'] === 'next', {
      describe: `the objects of ${name} have changed`,
    });
  }
  const { 'get configmaps': reads = 0, ...writes } = await counted();
  expect(writes).toEqual({
    // hub
    'patch manifestworks/status': WORKS.length,
    // managed cluster
    'update configmaps': WORKS.length * MANIFESTS,
  });
  // None, unless a watch is late.
  expect(reads).toBeLessThan(WORKS.length);
  await agent.stop();
});

test('the deletion of a work costs two requests on the hub, one for each object, and no polling', async () => {
  const cluster = await lab.newCluster();
  const agent = await startAgent(cluster, { statusSyncMs: 60_000 });
  await deliverAll(cluster);
  await untilWatched(cluster);
  const counted = await countFromNow();
  await Promise.all(WORKS.map((name) => cluster.delete(name)));
  await Promise.all(WORKS.map((name) => cluster.untilGone(name)));
  const { 'get configmaps': reads = 0, 'get appliedmanifestworks': recordReads = 0, ...writes } = await counted();
  const objects = WORKS.length * MANIFESTS;
  expect(writes).toEqual({
    // hub
    'patch manifestworks': WORKS.length,
    'patch manifestworks/status': WORKS.length,
    // managed cluster
    'delete appliedmanifestworks': WORKS.length,
    'delete configmaps': objects,
    'patch appliedmanifestworks': WORKS.length,
  });
  // None, unless a watch is late; a record is read once to see that it is gone, and again when that takes long.
  expect(reads).toBeLessThan(WORKS.length);
  expect(recordReads).toBeLessThanOrEqual(WORKS.length * 3);
  await agent.stop();
});
