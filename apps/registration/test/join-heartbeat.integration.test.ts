import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Event, ManagedCluster } from '@ocm/api';
import { type FaultProxy, startFaultProxy, until } from '@ocm/testing';
import {
  type AgentLab,
  type AgentRunOptions,
  AVAILABLE,
  type JoiningCluster,
  JOINED,
  type RunningAgent,
  shiftedClock,
  startAgentLab,
} from './agent-lab.ts';

const CLOCK = 'ManagedClusterConditionClockSynced';
const LEASE_SECONDS = 1;

let lab: AgentLab;
/** In front of the managed clusters alone, not of the hub. */
let spoke: FaultProxy;
beforeAll(async () => {
  lab = await startAgentLab();
  spoke = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
});
afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await spoke.close();
});

async function joined(
  name: string,
  options: AgentRunOptions = {},
): Promise<{ cluster: JoiningCluster; agent: RunningAgent }> {
  const cluster = await lab.cluster(name);
  await cluster.create({ leaseDurationSeconds: LEASE_SECONDS });
  const agent = await cluster.start(options);
  await cluster.admit();
  return { cluster, agent };
}

async function eventsOf(cluster: JoiningCluster): Promise<readonly Event[]> {
  const events: Event[] = [];
  const { signal } = lab.hub;
  for await (const page of lab.admin.kind(Event).list({ namespace: cluster.name, signal })) events.push(...page.items);
  return events;
}

/** The times at which the lease was renewed, as far as one can see by asking. */
function watchLease(cluster: JoiningCluster, seen: Set<string>): Promise<void> {
  return cluster.lease().then((lease) => void seen.add(lease?.spec?.renewTime ?? ''));
}

test.concurrent(
  '[registration 32] the heartbeat goes on and the cluster stays available over two grace periods',
  async () => {
    await using way = await startFaultProxy({ controlPlane: lab.hub.controlPlane });
    const cluster = await lab.cluster('beating');
    await cluster.create({ leaseDurationSeconds: LEASE_SECONDS });
    await cluster.writeBootstrap(await cluster.bootstrapKubeconfig({ server: way.url }));
    const agent = await cluster.start();
    await cluster.admit();
    const available = await cluster.condition(AVAILABLE);
    way.clearRequests();
    const graceMs = 5 * LEASE_SECONDS * 1000;
    const begin = Date.now();
    await until(async () => Date.parse((await cluster.lease())?.spec?.renewTime ?? '') > begin + 2 * graceMs, {
      describe: 'the lease is renewed for two grace periods',
      deadlineMs: 30_000,
    });
    // One flap would have changed the time of the transition.
    expect(await cluster.condition(AVAILABLE)).toEqual(available);
    const renewals = way.requests({ verb: 'update', resource: 'leases' }).length;
    const durations = (Date.now() - begin) / 1000 / LEASE_SECONDS;
    expect(renewals).toBeGreaterThanOrEqual(durations / 2);
    expect(renewals).toBeLessThanOrEqual(durations * 1.2 + 1);
    await agent.stop();
  },
);

test.concurrent(
  '[registration 33] a stopped agent makes its cluster Unknown, a restarted one brings it back',
  async () => {
    const { cluster, agent } = await joined('stopped');
    await agent.stop();
    const lastRenewal = Date.parse((await cluster.lease())?.spec?.renewTime ?? '');
    await cluster.untilCondition(AVAILABLE, 'Unknown');
    expect(Date.now() - lastRenewal).toBeGreaterThanOrEqual(5 * LEASE_SECONDS * 1000);
    await expect(cluster.condition(AVAILABLE)).resolves.toMatchObject({ reason: 'ManagedClusterLeaseUpdateStopped' });
    await until(async () => (await eventsOf(cluster)).find(({ reason }) => reason === 'AvailableUnknown'), {
      describe: 'the event AvailableUnknown',
    });
    const successor = await cluster.start();
    await cluster.untilCondition(AVAILABLE, 'True');
    const reasons = async (): Promise<readonly string[]> =>
      (await eventsOf(cluster)).map(({ type, reason }) => `${type} ${reason}`).toSorted();
    const all = ['Normal Available', 'Normal Available', 'Warning AvailableUnknown'];
    await until(async () => expect(await reasons()).toEqual(all) === undefined, {
      describe: 'one event for each change',
    });
    await successor.stop();
  },
);

test.concurrent('[registration 34] a shorter lease duration is obeyed at once by both sides', async () => {
  const cluster = await lab.cluster('hurried');
  const agent = await cluster.start();
  await cluster.admit();
  const before = (await cluster.lease())?.spec?.renewTime;
  await lab.admin
    .kind(ManagedCluster)
    .mergePatch('hurried', { spec: { leaseDurationSeconds: 1 } }, { signal: lab.hub.signal });
  await until(async () => (await cluster.lease())?.spec?.renewTime !== before, { describe: 'renewed at once' });
  await agent.stop();
  const lastRenewal = Date.parse((await cluster.lease())?.spec?.renewTime ?? '');
  // With the duration of before, the hub would have waited for five minutes.
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  expect(Date.now() - lastRenewal).toBeGreaterThanOrEqual(5 * LEASE_SECONDS * 1000);
});

test.concurrent(
  '[registration 35] a cluster that is deleted and made again becomes available without a restart',
  async () => {
    const { cluster, agent } = await joined('reborn');
    const before = await cluster.find();
    await cluster.delete();
    await until(async () => (await cluster.find()) === undefined, { describe: 'the cluster is gone' });
    await cluster.create({ leaseDurationSeconds: LEASE_SECONDS, hubAcceptsClient: true });
    await cluster.untilCondition(JOINED, 'True');
    await cluster.untilCondition(AVAILABLE, 'True');
    expect((await cluster.find())?.metadata.uid).not.toBe(before?.metadata.uid);
    const renewals = new Set<string>();
    await until(() => watchLease(cluster, renewals).then(() => renewals.size >= 3), {
      describe: 'the heartbeat goes on',
    });
    await expect(cluster.requests()).resolves.toHaveLength(1);
    await agent.stop();
  },
);

test.concurrent('[registration 36] no status comes from an agent whose clock is wrong', async () => {
  const clock = shiftedClock();
  const { cluster, agent } = await joined('late', { clock });
  await until(async () => (await cluster.condition(CLOCK)) !== undefined, { describe: 'the clock was looked at' });
  clock.shiftMs = -301_000;
  await cluster.untilCondition(CLOCK, 'False');
  await cluster.untilCondition(AVAILABLE, 'Unknown');
  await until(() => agent.log.some(({ message }) => message.startsWith('no status is written')), {
    describe: 'the agent has refused',
  });
  await expect(cluster.condition(AVAILABLE)).resolves.toMatchObject({ status: 'Unknown' });
  clock.shiftMs = 0;
  await cluster.untilCondition(CLOCK, 'True');
  await cluster.untilCondition(AVAILABLE, 'True');
  await agent.stop();
});

test.concurrent('[registration 37] an API server that fails for long makes its cluster unavailable', async () => {
  const via = { server: spoke.url };
  const intervals = { unhealthyGraceMs: 5000 };
  const flags = ['--cluster-healthcheck-period=200ms'];
  const { cluster, agent } = await joined('failing', { spokeVia: via, intervals, flags });
  const failing = { fault: { kind: 'status', code: 500 }, when: { path: /^\/livez/ } } as const;

  const available = await cluster.condition(AVAILABLE);
  const blink = spoke.inject({ ...failing, times: 3 });
  await until(() => blink.hits === 3, { describe: 'it failed for less than the grace' });
  const probes = (): number => spoke.requests({ path: /^\/livez/ }).filter(({ status }) => status === 200).length;
  const before = probes();
  await until(() => probes() >= before + 2, { describe: 'it is well again' });
  await expect(cluster.condition(AVAILABLE)).resolves.toEqual(available);

  const outage = spoke.inject(failing);
  await cluster.untilCondition(AVAILABLE, 'False');
  const outcome = await cluster.condition(AVAILABLE);
  expect(outcome?.reason).toBe('ManagedClusterKubeAPIServerUnavailable');
  expect(outcome?.message).toMatch(/^The kube-apiserver is not ok, status code: 500, /);
  outage.remove();
  await cluster.untilCondition(AVAILABLE, 'True');
  const counts = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await eventsOf(cluster)).map(({ type, reason, series }) => [`${type} ${reason}`, series?.count ?? 1]),
    );
  await until(async () => (await counts())['Normal Available'] === 2, { describe: 'the second event Available' });
  await expect(counts()).resolves.toEqual({ 'Normal Available': 2, 'Warning Unavailable': 1 });

  for (const code of [403, 404]) {
    const hidden = spoke.inject({ fault: { kind: 'status', code }, when: { path: /^\/livez/ } });
    const healthz = spoke.requests({ path: /^\/healthz/ }).length;
    await until(() => spoke.requests({ path: /^\/healthz/ }).length >= healthz + 2, { describe: '/healthz is asked' });
    await expect(cluster.condition(AVAILABLE)).resolves.toMatchObject({ status: 'True' });
    hidden.remove();
  }
  await agent.stop();
});
