import {
  annotations,
  automaticTaints,
  clusterConditions,
  clusterLeaseName,
  type ConditionStatus,
  Event,
  labels,
  Lease,
  ManagedCluster,
  microTimestamp,
  setCondition,
  type Taint,
} from '@ocm/api';
import { until } from '@ocm/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ClusterActor, clusterActor, type HubLab, startHubLab } from './hub-lab.ts';

const { available, clockSynced } = clusterConditions;
let lab: HubLab;
const cluster = (name: string): ClusterActor => clusterActor(lab, name);

beforeAll(async () => {
  lab = await startHubLab();
  await lab.startHub();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** The agent's heartbeat, at a clock of its own. */
async function renew(name: string, aheadMs = 0): Promise<Date> {
  const time = new Date(Date.now() + aheadMs);
  const ref = { namespace: name, name: clusterLeaseName };
  await lab.admin.kind(Lease).mergePatch(ref, { spec: { renewTime: microTimestamp(time) } }, { signal: lab.signal });
  return time;
}

async function setAvailable(name: string, status: ConditionStatus | 'missing'): Promise<void> {
  const clusters = lab.admin.kind(ManagedCluster);
  // The hub writes the same status: a conflict is tried again.
  await until(
    async () => {
      const seen = await clusters.get(name, { signal: lab.signal });
      const others = (seen.status?.conditions ?? []).filter(({ type }) => type !== available.type);
      const update = { type: available.type, status, reason: 'ByTest', message: '' };
      const conditions = status === 'missing' ? others : setCondition(others, { ...update, status }, new Date());
      await clusters.patchStatus(seen, { ...seen.status, conditions }, { signal: lab.signal });
      return true;
    },
    { describe: `Available of ${name} is ${status}` },
  );
}

function findLease(name: string): Promise<Lease | undefined> {
  return lab.admin.kind(Lease).find({ namespace: name, name: clusterLeaseName }, { signal: lab.signal });
}

async function annotateSkip(name: string, value: string): Promise<void> {
  const patch = { metadata: { annotations: { [annotations.skipClockSyncCheck]: value } } };
  await lab.admin.kind(ManagedCluster).mergePatch(name, patch, { signal: lab.signal });
}

async function eventsOf(name: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const { items } of lab.admin.kind(Event).list({ namespace: name, signal: lab.signal })) {
    events.push(...items);
  }
  return events;
}

describe('the lease of a cluster', () => {
  test('is created on acceptance and made again when it is deleted', async () => {
    const c = cluster('leased');
    await c.createAccepted();
    const lease = await until(() => findLease('leased'), { describe: 'the lease exists' });
    expect(lease.metadata.labels).toEqual({ [labels.clusterName]: 'leased' });
    expect(lease.spec).toEqual({ holderIdentity: clusterLeaseName, renewTime: expect.any(String) });
    expect(Math.abs(Date.parse(lease.spec?.renewTime ?? '') - Date.now())).toBeLessThan(60_000);
    await lab.admin.kind(Lease).delete({ namespace: 'leased', name: clusterLeaseName }, { signal: lab.signal });
    const again = await until(() => findLease('leased'), { describe: 'the lease exists again' });
    expect(again.metadata.uid).not.toBe(lease.metadata.uid);
  });

  test('that lost its label gets it back', async () => {
    const c = cluster('unlabelled');
    await c.createAccepted();
    await until(() => findLease('unlabelled'), { describe: 'the lease exists' });
    const ref = { namespace: 'unlabelled', name: clusterLeaseName };
    await lab.admin.kind(Lease).mergePatch(ref, { metadata: { labels: null } }, { signal: lab.signal });
    await until(async () => (await findLease('unlabelled'))?.metadata.labels?.[labels.clusterName] === 'unlabelled', {
      describe: 'the label is back',
    });
  });

  test('[registration 33, 34] after five durations without renewal Available is Unknown, with an event', async () => {
    const c = cluster('silent');
    await c.createAccepted({ leaseDurationSeconds: 60 });
    await until(() => findLease('silent'), { describe: 'the lease exists' });
    const last = await renew('silent');
    await setAvailable('silent', 'True');
    // Shortened while the recheck is planned for minutes later.
    const spec = { leaseDurationSeconds: 1 };
    await lab.admin.kind(ManagedCluster).mergePatch('silent', { spec }, { signal: lab.signal });
    await until(async () => (await c.condition(available.type))?.status === 'Unknown', {
      describe: 'Available is Unknown',
    });
    // In time: with the duration of before it would have taken five minutes.
    expect(Date.now() - last.getTime()).toBeGreaterThanOrEqual(5000);
    expect(await c.condition(available.type)).toMatchObject({
      reason: 'ManagedClusterLeaseUpdateStopped',
      message: 'Registration agent stopped updating its lease.',
    });
    const event = await until(
      async () => (await eventsOf('silent')).find(({ reason }) => reason === 'AvailableUnknown'),
      {
        describe: 'the event is there',
      },
    );
    expect(event).toMatchObject({
      type: 'Warning',
      action: 'AvailableUnknown',
      reportingController: 'registration-controller',
      regarding: { kind: 'ManagedCluster', name: 'silent', uid: (await c.find())?.metadata.uid },
    });
  });
});

describe('clock sync', () => {
  test('[registration 36] an agent clock that is five durations off is reported, and forgiven when it is right', async () => {
    const c = cluster('clock');
    await c.createAccepted();
    await until(() => findLease('clock'), { describe: 'the lease exists' });
    /** Renewed again and again, for the hub looks at a renewal only, and may hear of it before it hears of an annotation. */
    const reported = (status: ConditionStatus, aheadMs: number): Promise<unknown> =>
      until(
        async () => {
          await renew('clock', aheadMs);
          return (await c.condition(clockSynced.type))?.status === status;
        },
        { describe: `ClockSynced is ${status}` },
      );
    await reported('False', -301_000);
    expect(await c.condition(clockSynced.type)).toMatchObject({ reason: 'ManagedClusterClockOutOfSync' });
    await reported('True', 0);
    // What is ahead comes nearer while it is on its way.
    await reported('False', 360_000);
    await annotateSkip('clock', 'true');
    await reported('True', -400_000);
    await annotateSkip('clock', 'yes');
    await reported('False', -400_000);
  });
});

describe('taints', () => {
  const MINE: Taint = { key: 'example.com/maintenance', value: 'weekly', effect: 'NoSelect' };

  test('[registration 38] follow Available, and user taints stay', async () => {
    const c = cluster('tainted');
    await c.create({ taints: [MINE] });
    const { unavailable, unreachable } = automaticTaints;
    const carries = (...wanted: readonly Taint[]): Promise<unknown> =>
      until(
        async () => {
          const taints = ((await c.find())?.spec?.taints ?? []).map(({ key, effect }) => ({ key, effect }));
          expect(taints).toEqual([MINE, ...wanted].map(({ key, effect }) => ({ key, effect })));
          return true;
        },
        { describe: `taints are mine and ${wanted.map(({ key }) => key).join()}` },
      );
    await carries(unreachable);
    await setAvailable('tainted', 'True');
    await carries();
    await setAvailable('tainted', 'False');
    await carries(unavailable);
    await setAvailable('tainted', 'Unknown');
    await carries(unreachable);
    await setAvailable('tainted', 'True');
    await carries();
    await setAvailable('tainted', 'missing');
    await carries(unreachable);
  });
});
