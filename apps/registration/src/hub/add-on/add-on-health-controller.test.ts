import {
  addOnConditions,
  clusterConditions,
  type ConditionUpdate,
  findCondition,
  type ManagedCluster,
  type ManagedClusterAddOn,
  setCondition,
} from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aCluster, anAddOn } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { drive, MemoryKind } from '../../../test/memory-kind.ts';
import { addOnLeaseController } from '../../agent/addon/add-on-lease-controller.ts';
import { addOnHealthController } from './add-on-health-controller.ts';

const NOW = new Date('2026-02-01T12:00:00Z');
const HUB = 'ManagedClusterAddonHealthCheckController';
const AGENT = 'ManagedClusterAddOnLeaseController';
const { available, leaseUpdateStopped } = { ...clusterConditions.available };

/** The health controllers of hub and agent over one API, with an add-on that renews its lease. */
function hubAndAgent(status: 'True' | 'Unknown') {
  const clusters = new MemoryKind<ManagedCluster>();
  const addOns = new MemoryKind<ManagedClusterAddOn>();
  const cluster = clusters.put(aCluster({ name: 'c1', available: status, leaseDurationSeconds: 60 }));
  addOns.put(anAddOn({ namespace: 'c1', name: 'a1', conditions: [{ type: 'Available', status: 'True' }] }));
  const lease = { metadata: { name: 'a1' }, spec: { renewTime: NOW.toISOString() } };
  const leases = { find: async () => lease };
  const clock = { now: () => NOW };
  const hub = addOnHealthController({ clusters, addOns, clock } as never);
  const agent = addOnLeaseController({
    addOns,
    cluster: 'c1',
    ownCluster: clusters.cache,
    leases: { spoke: leases, management: leases },
    clock,
    intervals: { addOnLeaseCheckMs: 30_000 },
    log: silentLogger,
  } as never);
  const say = (condition: ConditionUpdate): void => {
    const seen = clusters.get('c1') ?? cluster;
    clusters.put({ ...seen, status: { conditions: setCondition(seen.status?.conditions, condition, NOW) } });
  };
  const health = (name = 'a1'): string | undefined =>
    findCondition(addOns.get({ namespace: 'c1', name })?.status?.conditions, 'Available')?.reason;
  return { addOns, say, health, ...drive([hub, agent]) };
}

test('[registration 63] of an Unknown cluster whose agent runs, the add-ons become Unknown once, and stay it', async () => {
  const { addOns, settle, outcome, lookAgain, health } = hubAndAgent('Unknown');
  await settle();
  expect(health()).toBe('ManagedClusterLeaseUpdateStopped');
  expect(addOns.writes).toBe(1);
  for (const look of [AGENT, HUB]) lookAgain(look, look === HUB ? 'c1' : 'a1');
  await settle();
  expect(addOns.writes).toBe(1);
  expect(outcome(AGENT, 'a1')).toEqual({ kind: 'requeue', afterMs: 30_000 });
  expect(outcome(HUB, 'c1')).toEqual({ kind: 'requeue', afterMs: 300_000 });
});

test('[registration 62, 63] they follow a cluster that is lost and comes back, without waiting for the next look', async () => {
  const { addOns, say, settle, outcome, health } = hubAndAgent('True');
  await settle();
  expect(health()).toBe('ManagedClusterAddOnLeaseUpdated');
  say(leaseUpdateStopped);
  await settle();
  expect(health()).toBe('ManagedClusterLeaseUpdateStopped');
  const { writes } = addOns;
  say(available);
  await settle();
  expect(health()).toBe('ManagedClusterAddOnLeaseUpdated');
  expect(addOns.writes).toBe(writes + 1);
  expect(outcome(HUB, 'c1')).toEqual({ kind: 'done' });
});

test('[registration 63] an add-on that is made while its cluster is Unknown becomes Unknown, too', async () => {
  const { addOns, settle, health } = hubAndAgent('Unknown');
  await settle();
  addOns.put(anAddOn({ namespace: 'c1', name: 'a2' }));
  await settle();
  expect(health('a2')).toBe('ManagedClusterLeaseUpdateStopped');
});

test('what somebody else says of an add-on of an Unknown cluster is corrected at the next look, not in a loop', async () => {
  const { addOns, settle, lookAgain, health } = hubAndAgent('Unknown');
  await settle();
  const seen = addOns.get({ namespace: 'c1', name: 'a1' });
  const probed = { ...addOnConditions.available.probeAvailable, message: '' };
  const conditions = setCondition(seen?.status?.conditions, probed, NOW);
  addOns.put({ ...anAddOn({ namespace: 'c1', name: 'a1' }), status: { conditions } });
  expect(await settle()).toBe(0);
  lookAgain(HUB, 'c1');
  await settle();
  expect(health()).toBe('ManagedClusterLeaseUpdateStopped');
});

test('[registration 62] of a cluster that comes back while its add-ons are written, no more of them become Unknown', async () => {
  const { addOns, say, settle, health } = hubAndAgent('True');
  addOns.put(anAddOn({ namespace: 'c1', name: 'a2' }));
  await settle();
  const { find } = addOns.live;
  addOns.live.find = async (ref) => {
    say(available); // once the hub has begun
    return find(ref);
  };
  say(leaseUpdateStopped);
  const { writes } = addOns;
  await settle();
  expect([health('a1'), health('a2')]).toEqual(Array(2).fill('ManagedClusterAddOnLeaseUpdated'));
  expect(addOns.writes).toBe(writes);
});
