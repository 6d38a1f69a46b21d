import { findCondition, type ManagedCluster, type ManagedClusterAddOn } from '@ocm/api';
import { silentLogger } from '@ocm/kube';
import { aCluster, anAddOn } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { drive, MemoryKind } from '../../../test/memory-kind.ts';
import { addOnLeaseController } from './add-on-lease-controller.ts';

const NAME = 'ManagedClusterAddOnLeaseController';
const NOW = new Date('2026-02-01T12:00:00Z');

/** The agent's controller with one add-on, for which no agent renews a lease. */
function setUp() {
  const clusters = new MemoryKind<ManagedCluster>();
  const addOns = new MemoryKind<ManagedClusterAddOn>();
  const places: string[] = [];
  clusters.put(aCluster({ name: 'c1', available: 'True' }));
  addOns.put(anAddOn({ namespace: 'c1', name: 'a1' }));
  const find = async ({ namespace }: { namespace: string }): Promise<void> => void places.push(namespace);
  const controller = addOnLeaseController({
    addOns,
    cluster: 'c1',
    ownCluster: clusters.cache,
    leases: { spoke: { find }, management: { find } },
    clock: { now: () => NOW },
    intervals: { addOnLeaseCheckMs: 30_000 },
    log: silentLogger,
  } as never);
  const change = (status: ManagedClusterAddOn['status']): void => {
    const seen = addOns.get({ namespace: 'c1', name: 'a1' }) ?? anAddOn();
    addOns.put({ ...seen, status: { ...seen.status, ...status } });
  };
  return { addOns, places, change, ...drive([controller]) };
}

test('[registration 62] it is looked at every 30 s, whatever anybody says about its health', async () => {
  const { addOns, settle, change, outcome } = setUp();
  await settle();
  const reported = addOns.get({ namespace: 'c1', name: 'a1' })?.status;
  expect(findCondition(reported?.conditions, 'Available')?.reason).toBe('ManagedClusterAddOnLeaseNotFound');
  expect(outcome(NAME, 'a1')).toEqual({ kind: 'requeue', afterMs: 30_000 });
  change({ conditions: [] });
  expect(await settle()).toBe(0);
});

test('[registration 62] an add-on that moves, or that is no longer customized, is looked at there at once', async () => {
  const { places, settle, change, outcome } = setUp();
  await settle();
  change({ namespace: 'elsewhere', healthCheck: { mode: 'Customized' } });
  await settle();
  expect(outcome(NAME, 'a1')).toEqual({ kind: 'done' });
  change({ healthCheck: { mode: 'Lease' } });
  await settle();
  expect(places).toEqual(['open-cluster-management-agent-addon', 'elsewhere']);
});

test('a report that the hub refuses is tried again at the next look at the latest', async () => {
  const { addOns, settle, outcome } = setUp();
  const error = new Error('the hub refuses');
  addOns.live.patchStatus = () => Promise.reject(error);
  await settle();
  expect(outcome(NAME, 'a1')).toEqual({ kind: 'retry', error, atMostMs: 30_000 });
});
