import { clusterConditions, registrationRoleBindingName, RoleBinding } from '@ocm/api';
import { type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type ClusterPermissions, type HubLab, startHubLab } from './hub-lab.ts';

const { hubAccepted } = clusterConditions;
let lab: HubLab;
let proxy: FaultProxy;

beforeAll(async () => {
  lab = await startHubLab();
  proxy = await startFaultProxy({ controlPlane: lab.controlPlane });
  await lab.startHub({ via: { server: proxy.url }, worksRecheckMs: 50 });
});
afterEach(() => proxy.clearFaults());
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await proxy.close();
});

const fleet = (prefix: string, size: number): readonly ClusterActor[] =>
  Array.from({ length: size }, (_, index) => clusterActor(lab, `${prefix}-${index}`));

async function allHave(clusters: readonly ClusterActor[], reason: string): Promise<void> {
  for (const cluster of clusters) {
    await until(async () => (await cluster.condition(hubAccepted.type))?.reason === reason, {
      describe: `${cluster.name}: ${reason}`,
      deadlineMs: 40_000,
    });
  }
}

test('clusters are accepted and denied through an API server that fails one request in seven', async () => {
  const clusters = fleet('shaky', 6);
  const refusals = [
    { kind: 'status', code: 500 },
    { kind: 'status', code: 409 },
    { kind: 'status', code: 429, retryAfterSeconds: 1 },
  ] as const;
  for (const fault of refusals) proxy.inject({ fault, fraction: 0.04 });
  // Each of these breaks the connection of all requests and watches at once.
  proxy.inject({ fault: { kind: 'drop-request' }, fraction: 0.01 });
  proxy.inject({
    fault: { kind: 'drop-answer' },
    fraction: 0.02,
    when: { verb: ['create', 'update', 'patch', 'delete'] },
  });
  await Promise.all(clusters.map((cluster) => cluster.create({ hubAcceptsClient: true })));
  await allHave(clusters, hubAccepted.accepted.reason);
  for (const cluster of clusters) {
    const { role, binding, registration, work } = await cluster.permissions();
    expect(role?.rules).toHaveLength(4);
    expect([binding, registration, work]).not.toContain(undefined);
  }
  await Promise.all(clusters.map((cluster) => cluster.deny()));
  await allHave(clusters, hubAccepted.denied.reason);
  for (const cluster of clusters) {
    const { role, binding, registration, work } = await cluster.permissions();
    expect([role?.rules?.length, binding?.subjects?.length]).toEqual([1, 2]);
    expect([registration, work]).toEqual([undefined, undefined]);
  }
});

test.each(['end', 'gone'] as const)('a watch that breaks (%s) loses nothing', async (how) => {
  const [cluster] = fleet(`broken-${how}`, 1);
  await cluster?.createAccepted();
  // Those that an earlier fault has ended are opened again in their own time.
  await until(() => proxy.openWatches() > 4, { describe: 'watches are open' });
  proxy.breakWatches(how);
  await cluster?.deny();
  await allHave(cluster === undefined ? [] : [cluster], hubAccepted.denied.reason);
});

test('a watch that falls silent is opened again, and what happened meanwhile is done', async () => {
  await using other = await startHubLab();
  await using silent = await startFaultProxy({ controlPlane: other.controlPlane });
  await using _hub = await other.startHub({ via: { server: silent.url }, watchSilenceMs: 1500 });
  const cluster = clusterActor(other, 'unheard');
  await cluster.createAccepted();
  await until(() => silent.openWatches() > 4, { describe: 'watches are open' });
  silent.breakWatches('silence');
  await cluster.deny();
  await allHave([cluster], hubAccepted.denied.reason);
});

test('a hub whose cache still says denied does not take away what has just been given', async () => {
  const cluster = clusterActor(lab, 'old-view');
  await cluster.createAccepted();
  await cluster.addWork('w1');
  await cluster.deny();
  await until(async () => (await cluster.permissions()).registration === undefined, { describe: 'being denied' });
  // From here on the hub hears nothing of clusters: to its cache this one stays denied.
  await proxy.freezeView({ resource: 'managedclusters', verb: 'watch' });
  await cluster.accept();
  const given = await until(async () => isGiven(await cluster.permissions()), { describe: 'the permissions are back' });
  // A change of a binding makes it look again with that cache.
  const ref = { namespace: 'old-view', name: registrationRoleBindingName('old-view') };
  await lab.admin.kind(RoleBinding).mergePatch(ref, { subjects: [] }, { signal: lab.signal });
  await until(async () => (await cluster.permissions()).registration?.subjects?.length === 2, {
    describe: 'the binding is repaired',
  });
  proxy.thawView();
  const after = isGiven(await cluster.permissions());
  expect(after).toEqual(given);
});

/** The UIDs of the role bindings when both are there to stay. */
function isGiven({ registration, work }: ClusterPermissions): readonly unknown[] | undefined {
  if (registration === undefined || work === undefined) return undefined;
  return work.metadata.deletionTimestamp === undefined ? [registration.metadata.uid, work.metadata.uid] : undefined;
}
