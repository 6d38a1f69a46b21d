import { annotations, clusterConditions, type Condition, type Lease, type ManagedCluster } from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';
import { describe, expect, test } from '@jest/globals';
import { judgeClock, renewedCluster } from './judge-clock.ts';

const NOW = new Date('2026-05-01T12:00:00.000Z');
const { clockSynced } = clusterConditions;

function aCluster(over: { seconds?: number; status?: Condition['status']; skip?: string } = {}): ManagedCluster {
  const { seconds = 60, status, skip } = over;
  const condition = { type: clockSynced.type, reason: 'R', message: '', lastTransitionTime: '' };
  return {
    metadata: { name: 'c1', annotations: skip === undefined ? {} : { [annotations.skipClockSyncCheck]: skip } },
    spec: { leaseDurationSeconds: seconds },
    status: { conditions: status === undefined ? [] : [{ ...condition, status }] },
  };
}

const agentClock = (aheadSeconds: number): string =>
  new Date(NOW.getTime() + aheadSeconds * 1000).toISOString().replace('Z', '000Z');

describe('judgeClock', () => {
  test.each([
    { seconds: 60, ahead: 0, status: 'True' },
    { seconds: 60, ahead: -299.999, status: 'True' },
    { seconds: 60, ahead: -300, status: 'False' },
    { seconds: 60, ahead: -301, status: 'False' },
    { seconds: 60, ahead: 299.999, status: 'True' },
    { seconds: 60, ahead: 300, status: 'False' },
    { seconds: 0, ahead: 299, status: 'True' },
    { seconds: 1, ahead: -5, status: 'False' },
  ])(
    '[registration 36] with $seconds s an agent clock $ahead s ahead is synced: $status',
    ({ seconds, ahead, status }) => {
      expect(judgeClock(aCluster({ seconds }), agentClock(ahead), NOW)).toMatchObject({ status });
    },
  );

  test.each([
    { skip: 'true', status: 'True' },
    { skip: 'True', status: 'False' },
    { skip: '', status: 'False' },
  ])('[registration 36] the skip annotation "$skip" makes it $status', ({ skip, status }) => {
    expect(judgeClock(aCluster({ skip }), agentClock(-301), NOW)).toMatchObject({ status });
  });

  test('the condition is written only when its status changes', () => {
    expect(judgeClock(aCluster({ status: 'True' }), agentClock(0), NOW)).toBeUndefined();
    expect(judgeClock(aCluster({ status: 'False' }), agentClock(400), NOW)).toBeUndefined();
    expect(judgeClock(aCluster({ status: 'False' }), agentClock(0), NOW)).toEqual(clockSynced.synced);
    expect(judgeClock(aCluster({ status: 'True' }), agentClock(400), NOW)).toMatchObject({
      status: 'False',
      reason: 'ManagedClusterClockOutOfSync',
      message: expect.stringContaining('out of sync'),
    });
  });
});

const lease = (renewTime: string, resourceVersion = '1'): Lease => ({
  metadata: { namespace: 'c1', name: 'managed-cluster-lease', resourceVersion },
  spec: { renewTime },
});

describe('renewedCluster', () => {
  const [old, fresh] = [lease(agentClock(-600)), lease(agentClock(0), '2')];

  test.each<[string, ObjectEvent<Lease>]>([
    ['found at the start', { type: 'added', object: old, initial: true }],
    ['created', { type: 'added', object: old, initial: false }],
    ['delivered again', { type: 'resync', object: old }],
    ['deleted', { type: 'deleted', object: old }],
    ['changed otherwise', { type: 'updated', previous: old, object: lease(agentClock(-600), '2') }],
  ])('a lease that is %s says nothing about the clock', (_what, event) => {
    expect(renewedCluster(event)).toBeUndefined();
  });

  test('one that is renewed does', () => {
    expect(renewedCluster({ type: 'updated', previous: old, object: fresh })).toBe('c1');
  });
});
