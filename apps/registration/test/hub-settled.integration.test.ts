import {
  ClusterRole,
  ClusterRoleBinding,
  commonClusterRoles,
  findCondition,
  type KubeObject,
  labels,
  Lease,
  ManagedCluster,
  ManagedClusterSet,
  Namespace,
  RoleBinding,
} from '@ocm/api';
import { keyOf } from '@ocm/kube';
import { type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const WRITES = ['create', 'update', 'patch', 'delete'] as const;
let lab: HubLab;
let proxy: FaultProxy;

beforeAll(async () => {
  lab = await startHubLab();
  proxy = await startFaultProxy({ controlPlane: lab.controlPlane });
});
afterAll(async () => {
  await proxy.close();
  await lab[Symbol.asyncDispose]();
});

test('a hub that starts over a settled fleet asks for its lists and writes nothing', async () => {
  const accepted = clusterActor(lab, 'accepted');
  const denied = clusterActor(lab, 'denied');
  {
    await using _hub = await lab.startHub();
    await accepted.createAccepted();
    await denied.createAccepted();
    await denied.deny();
    await until(async () => (await denied.condition('HubAcceptedManagedCluster'))?.status === 'False', {
      describe: 'denied',
    });
    await until(async () => ((await denied.find())?.spec?.taints ?? []).length > 0, { describe: 'tainted' });
    await until(() => isSetUp(lab, accepted), { describe: 'set up' });
  }
  const before = await versions();
  await using _hub = await lab.startHub({ via: { server: proxy.url } });
  // The newcomer is handled after the hub has seen the fleet.
  await clusterActor(lab, 'newcomer').createAccepted();
  const after = await versions();
  expect([...after].filter(([key]) => !key.includes('newcomer'))).toEqual([...before]);
  const reads = proxy.requests({ verb: 'get' }).map(({ path }) => path);
  expect(reads.filter((path) => !path.includes('newcomer'))).toEqual([]);
});

test('fifty accepted clusters cost eight writes each and no read of what is known to be absent, and a restart costs none', async () => {
  await using other = await startHubLab();
  await using counted = await startFaultProxy({ controlPlane: other.controlPlane });
  const names = Array.from({ length: 50 }, (_, index) => `c${index}`);
  const fleet = names.map((name) => clusterActor(other, name));
  await Promise.all(fleet.map((cluster) => cluster.create({ hubAcceptsClient: true })));
  const hub = await other.startHub({ via: { server: counted.url }, joinPatienceMs: 3_600_000 });
  await until(async () => (await Promise.all(fleet.map((cluster) => isSetUp(other, cluster)))).every(Boolean), {
    describe: 'all are set up',
    deadlineMs: 40_000,
  });
  await until(
    async () => {
      const set = await other.admin.kind(ManagedClusterSet).get('global', { signal: other.signal });
      return findCondition(set.status?.conditions, 'ClusterSetEmpty')?.message.startsWith('50 ');
    },
    { describe: 'the members of the global set are counted' },
  );
  await hub.stop();
  const writes = counted.requests({ verb: WRITES });
  const done = writes.filter(({ status }) => status !== 409);
  // Namespace, finalizers with the taint, four permission objects, lease, condition. The rest is for sets and common roles.
  expect(done.length / fleet.length).toBeLessThan(9.5);
  // What a controller has written it knows before the watch shows it, so it does not stand in its own way.
  const refused = writes.filter(({ status, resource }) => status === 409 && resource === 'managedclusters');
  expect(refused.length).toBeLessThan(fleet.length / 10);
  // The common roles are everybody's: those who come second look at what the first has made.
  const shared: readonly string[] = Object.values(commonClusterRoles);
  const reads = counted.requests({ verb: 'get' }).filter(({ name }) => !shared.includes(name));
  expect(reads.filter(({ resource }) => resource !== 'managedclusters')).toEqual([]);

  counted.clearRequests();
  await using _successor = await other.startHub({ via: { server: counted.url }, joinPatienceMs: 3_600_000 });
  await clusterActor(other, 'newcomer').createAccepted();
  expect(
    counted
      .requests({ verb: WRITES })
      .filter(({ name, namespace }) => names.includes(name ?? '') || names.includes(namespace ?? '')),
  ).toEqual([]);
}, 120_000);

test('a newcomer does not wait behind a fleet that is being set up', async () => {
  await using other = await startHubLab();
  await using slow = await startFaultProxy({ controlPlane: other.controlPlane });
  slow.inject({ fault: { kind: 'latency', ms: 60 }, when: { verb: [...WRITES] } });
  const fleet = Array.from({ length: 120 }, (_, index) => clusterActor(other, `c${index}`));
  await Promise.all(fleet.map((cluster) => cluster.create({ hubAcceptsClient: true })));
  await using _hub = await other.startHub({ via: { server: slow.url } });
  await until(async () => (await fleet[0]?.find())?.metadata.finalizers !== undefined, {
    describe: 'the set-up has begun',
  });
  // The condition is written last, so this is the order in which they were done.
  const done = (): readonly string[] =>
    slow.requests({ verb: 'patch', resource: 'managedclusters/status' }).map(({ name }) => name);
  const before = new Set(done());
  const newcomer = clusterActor(other, 'newcomer');
  await newcomer.createAccepted();
  await until(() => isSetUp(other, newcomer), { describe: 'the newcomer is set up', deadlineMs: 40_000 });
  const waiting = fleet.filter(({ name }) => !before.has(name));
  expect(waiting.length).toBeGreaterThan(fleet.length / 4);
  const earlier = new Set(done().slice(0, done().indexOf('newcomer')));
  expect(waiting.filter(({ name }) => earlier.has(name)).length).toBeLessThan(waiting.length / 2);
}, 120_000);

async function isSetUp({ admin, signal }: HubLab, cluster: ClusterActor): Promise<boolean> {
  const found = await cluster.find();
  const isAccepted = findCondition(found?.status?.conditions, 'HubAcceptedManagedCluster')?.status === 'True';
  const isLeased = await admin.kind(Lease).find({ namespace: cluster.name, name: 'managed-cluster-lease' }, { signal });
  return isAccepted && isLeased !== undefined && (found?.spec?.taints ?? []).length > 0;
}

/** Which version every object has that the hub writes. */
async function versions(): Promise<ReadonlyMap<string, string | undefined>> {
  const kinds = [ManagedCluster, Namespace, Lease, ClusterRole, ClusterRoleBinding, RoleBinding];
  const found = new Map<string, string | undefined>();
  for (const kind of kinds) {
    const objects = lab.admin.kind<KubeObject>(kind).metadata();
    const selection = kind === ManagedCluster ? {} : { labelSelector: labels.clusterName };
    for await (const { items } of objects.list({ ...selection, signal: lab.signal })) {
      for (const item of items) found.set(`${kind.kind} ${keyOf(item)}`, item.metadata.resourceVersion);
    }
  }
  return found;
}
