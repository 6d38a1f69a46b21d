import { clusterConditions, findCondition, type Lease, type ManagedCluster, setCondition } from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { drive, MemoryKind } from '../../../test/memory-kind.ts';
import { leaseController } from './lease-controller.ts';

const START_MS = Date.parse('2026-02-01T12:00:00Z');
const GRACE_MS = 300_000;
const CONTROLLER = 'ManagedClusterLeaseController';

/** The hub's controller, and one cluster whose lease was renewed some time ago. */
function setUp({ renewedMsAgo }: { readonly renewedMsAgo: number }) {
  const clusters = new MemoryKind<ManagedCluster>();
  const leases = new MemoryKind<Lease>();
  const events: unknown[] = [];
  let nowMs = START_MS;
  const renew = (atMs = nowMs): void => {
    const spec = { renewTime: new Date(atMs).toISOString() };
    leases.put({ metadata: { namespace: 'c1', name: 'managed-cluster-lease' }, spec });
  };
  clusters.put(aCluster({ name: 'c1', joined: true, available: 'True' }));
  renew(nowMs - renewedMsAgo);
  const clock = { now: () => new Date(nowMs) };
  const record = async (event: unknown): Promise<void> => void events.push(event);
  const controller = leaseController({ clusters, leases, clock, events: { record }, log: silentLogger } as never);
  const { settle, outcome, lookAgain } = drive([controller]);
  return {
    clusters,
    leases,
    events,
    renew,
    settle,
    next: () => outcome(CONTROLLER, 'c1'),
    async after(ms: number) {
      nowMs += ms;
      lookAgain(CONTROLLER, 'c1');
      await settle();
    },
    /** What the agent says of its cluster. */
    sayAvailable() {
      const seen = clusters.get('c1') ?? aCluster();
      const conditions = setCondition(seen.status?.conditions, clusterConditions.available.available, clock.now());
      clusters.put({ ...seen, status: { conditions } });
    },
    available: () => findCondition(clusters.get('c1')?.status?.conditions, 'ManagedClusterConditionAvailable')?.status,
  };
}

test('[registration 33] a cluster whose lease has expired is Unknown, with one event, and looked at again after one grace', async () => {
  const hub = setUp({ renewedMsAgo: GRACE_MS });
  await hub.settle();
  expect(hub.available()).toBe('Unknown');
  expect(hub.events).toHaveLength(1);
  expect(hub.next()).toEqual({ kind: 'requeue', afterMs: GRACE_MS });
});

test('an agent that calls its cluster available although its lease looks expired is contradicted once per grace', async () => {
  const hub = setUp({ renewedMsAgo: GRACE_MS + 100_000 });
  await hub.settle();
  hub.sayAvailable();
  expect(await hub.settle()).toBe(0);
  expect(hub.available()).toBe('True');
  await hub.after(GRACE_MS);
  expect(hub.available()).toBe('Unknown');
  expect(hub.events).toHaveLength(2);
});

test('[registration 33] of an agent that came back the look after one grace finds the renewals, and the next expiry in time', async () => {
  const hub = setUp({ renewedMsAgo: GRACE_MS });
  await hub.settle();
  hub.renew(START_MS + 60_000);
  hub.sayAvailable();
  await hub.settle();
  await hub.after(GRACE_MS);
  expect(hub.available()).toBe('True');
  expect(hub.next()).toEqual({ kind: 'requeue', afterMs: 60_000 });
  await hub.after(60_000);
  expect(hub.available()).toBe('Unknown');
});

test('no cluster is called lost on the word of a cache that stands still', async () => {
  const hub = setUp({ renewedMsAgo: 0 });
  await hub.settle();
  const stale = hub.leases.get({ namespace: 'c1', name: 'managed-cluster-lease' });
  hub.renew(START_MS + GRACE_MS - 10_000);
  hub.leases.cache.get = () => stale;
  await hub.after(GRACE_MS);
  expect(hub.available()).toBe('True');
  expect(hub.next()).toEqual({ kind: 'requeue', afterMs: GRACE_MS - 10_000 });
});
