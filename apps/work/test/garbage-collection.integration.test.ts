import { ConfigMap, labels, type ManifestWork } from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aConfigMap, aManifestWork, type ManifestWorkOver, until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runManager } from '../src/hub/run-manager.ts';
import { startLab } from './lab.ts';
import { type ManagerLab, startManagerLab } from './manager-lab.ts';
import type { Tenant } from './manager-tenant.ts';

let lab: ManagerLab;
let t: Tenant;
let cluster: string;

beforeAll(async () => {
  lab = await startManagerLab();
  t = await lab.newTenant(1);
  cluster = t.clusters[0] ?? '';
  await lab.startManager();
});
afterAll(async () => lab[Symbol.asyncDispose]());

const ttl = (ttlSecondsAfterFinished: number) => ({ deleteOption: { ttlSecondsAfterFinished } });

async function create(name: string, over: ManifestWorkOver = {}): Promise<ManifestWork> {
  return t.createWork(aManifestWork({ ...over, name, namespace: cluster }));
}

const find = (name: string) => t.findWork({ namespace: cluster, name });
const untilGone = (name: string) =>
  until(async () => (await find(name)) === undefined, { describe: `${name} is gone` });

describe('a work that is complete', () => {
  test('[work 58] goes when its time to live is over, and not before', async () => {
    await create('job', ttl(5));
    // The transition time, which it counts from, has whole seconds, and cannot be before this one.
    const completedMs = Math.floor(Date.now() / 1000) * 1000;
    await t.complete(cluster, 'job');
    await untilGone('job');
    expect(Date.now()).toBeGreaterThanOrEqual(completedMs + 5000);
  });

  test('[work 58] goes at once when it may live for 0 seconds, also when that is said only later', async () => {
    await create('now', ttl(0));
    await t.complete(cluster, 'now');
    await untilGone('now');
    await create('later');
    await t.complete(cluster, 'later');
    const later = await find('later');
    if (later === undefined) throw new Error('it has no time to live');
    await t.patchWork(later, { spec: ttl(0) });
    await untilGone('later');
  });

  test('[work 58] stays without a time to live, while it is not complete, and when a replica set owns it', async () => {
    await create('endless');
    await t.complete(cluster, 'endless');
    await create('incomplete', ttl(0));
    await create('owned', { ...ttl(0), labels: { [labels.replicaSet]: 'nobody' } });
    await t.complete(cluster, 'owned');
    // Whatever was created before it has been looked at when this one is gone.
    await create('last', ttl(0));
    await t.complete(cluster, 'last');
    await untilGone('last');
    const stay = await Promise.all(['endless', 'incomplete', 'owned'].map(find));
    expect(stay.map((work) => work?.metadata.deletionTimestamp ?? work?.metadata.name)).toEqual([
      'endless',
      'incomplete',
      'owned',
    ]);
  });

  test('[work 58] is deleted as any other: whoever holds it by a finalizer lets it go first', async () => {
    await create('held', { ...ttl(0), finalizers: ['example.com/hold'] });
    await t.complete(cluster, 'held');
    const held = await until(
      async () => {
        const work = await find('held');
        return work?.metadata.deletionTimestamp === undefined ? undefined : work;
      },
      { describe: 'it is being deleted' },
    );
    await t.patchWork(held, { metadata: { finalizers: null } });
    await untilGone('held');
  });
});

test('a work that was taken up again is not deleted on the strength of an old view', async () => {
  await create('again', ttl(8));
  await t.complete(cluster, 'again');
  const seen = await find('again');
  if (seen === undefined) throw new Error('it has some seconds to live');
  // From here on the manager hears nothing of works: in its view this one comes to its end.
  await lab.proxy.freezeView({ resource: 'manifestworks', verb: 'watch' });
  await t.patchWork(seen, { spec: ttl(7200) });
  await until(() => lab.proxy.requests({ verb: 'delete', name: 'again' }).length > 0, { describe: 'it tries' });
  lab.proxy.thawView();
  await create('witness', ttl(0));
  await t.complete(cluster, 'witness');
  await untilGone('witness');
  expect((await find('again'))?.metadata.deletionTimestamp).toBeUndefined();
});

test('[work 58] with an agent: the work and what it applied are gone when its time is over', async () => {
  const agents = await startLab();
  const stopping = new AbortController();
  const managing = runManager({
    client: agents.admin,
    gates: { CleanUpCompletedManifestWork: true },
    signal: stopping.signal,
    log: silentLogger,
  });
  try {
    const managed = await agents.newCluster();
    await managed.startAgent();
    const rule = { type: 'CEL' as const, condition: 'Complete', celExpressions: ['object.data.done == "yes"'] };
    await managed.create({
      name: 'job',
      manifests: [aConfigMap({ name: 'result', namespace: managed.objects, data: { done: 'yes' } })],
      manifestConfigs: [
        { resourceIdentifier: { resource: 'configmaps', name: '*', namespace: '*' }, conditionRules: [rule] },
      ],
    });
    await managed.untilCondition('job', 'Complete', 'True');
    expect(await managed.object(ConfigMap, 'result')).toBeDefined();
    await managed.patch('job', { spec: ttl(2) });
    await managed.untilGone('job');
    expect(await managed.object(ConfigMap, 'result')).toBeUndefined();
  } finally {
    stopping.abort();
    await managing;
    await agents.stop();
  }
});
