import { clusterConditions, type Condition, type Lease, type ManagedCluster } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { judgeLease } from './judge-lease.ts';

const NOW = new Date('2026-05-01T12:00:00.000Z');
const { hubAccepted, available } = clusterConditions;
const condition = (type: string, status: Condition['status']): Condition => ({
  type,
  status,
  reason: 'R',
  message: '',
  lastTransitionTime: '2026-05-01T00:00:00Z',
});
const ACCEPTED = condition(hubAccepted.type, 'True');
const UNKNOWN = condition(available.type, 'Unknown');

function aCluster(over: { conditions?: Condition[]; seconds?: number; deleting?: boolean } = {}): ManagedCluster {
  const { conditions = [ACCEPTED], seconds = 60, deleting = false } = over;
  return {
    metadata: { name: 'c1', ...(deleting ? { deletionTimestamp: '2026-05-01T11:59:00Z' } : {}) },
    spec: { leaseDurationSeconds: seconds },
    status: { conditions },
  };
}

function renewed(secondsAgo: number): Lease {
  const time = new Date(NOW.getTime() - secondsAgo * 1000).toISOString().replace('Z', '000Z');
  return { metadata: { name: 'managed-cluster-lease', namespace: 'c1' }, spec: { renewTime: time } };
}

describe('judgeLease', () => {
  test.each([
    { seconds: 60, ago: 299.999, recheckInMs: 1 },
    { seconds: 60, ago: 0, recheckInMs: 300_000 },
    { seconds: 0, ago: 100, recheckInMs: 200_000 },
    { seconds: -1, ago: 100, recheckInMs: 200_000 },
    { seconds: 1, ago: 4.5, recheckInMs: 500 },
    { seconds: 60, ago: -10, recheckInMs: 310_000 },
  ])(
    '[registration 33, 34] with $seconds s a lease renewed $ago s ago lives $recheckInMs ms longer',
    ({ seconds, ago, recheckInMs }) => {
      expect(judgeLease(aCluster({ seconds }), renewed(ago), NOW)).toEqual({ kind: 'alive', recheckInMs });
    },
  );

  test.each([
    { seconds: 60, ago: 300, recheckInMs: 300_000 },
    { seconds: 0, ago: 301, recheckInMs: 300_000 },
    { seconds: 1, ago: 5, recheckInMs: 5000 },
  ])(
    '[registration 33, 34] with $seconds s a lease renewed $ago s ago is lost, once',
    ({ seconds, ago, recheckInMs }) => {
      expect(judgeLease(aCluster({ seconds }), renewed(ago), NOW)).toEqual({ kind: 'lost', recheckInMs });
      const known = aCluster({ seconds, conditions: [ACCEPTED, UNKNOWN] });
      expect(judgeLease(known, renewed(ago), NOW)).toEqual({ kind: 'known-lost', recheckInMs });
    },
  );

  test('a lease that is renewed again changes nothing: that the cluster is available is for its agent to say', () => {
    const known = aCluster({ conditions: [ACCEPTED, UNKNOWN] });
    expect(judgeLease(known, renewed(0), NOW)).toEqual({ kind: 'alive', recheckInMs: 300_000 });
  });

  test('a cluster that was never accepted is not watched', () => {
    expect(judgeLease(aCluster({ conditions: [] }), undefined, NOW)).toEqual({ kind: 'unwatched' });
    expect(judgeLease({ metadata: { name: 'c1' } }, renewed(1000), NOW)).toEqual({ kind: 'unwatched' });
  });

  test('a denied cluster is still watched', () => {
    const denied = aCluster({ conditions: [condition(hubAccepted.type, 'False')] });
    expect(judgeLease(denied, renewed(300), NOW)).toMatchObject({ kind: 'lost' });
  });

  test('a missing lease is to be created, but not for a cluster that is being deleted', () => {
    expect(judgeLease(aCluster(), undefined, NOW)).toEqual({ kind: 'missing' });
    expect(judgeLease(aCluster({ deleting: true }), undefined, NOW)).toMatchObject({ kind: 'lost' });
    const known = aCluster({ deleting: true, conditions: [ACCEPTED, UNKNOWN] });
    expect(judgeLease(known, undefined, NOW)).toMatchObject({ kind: 'known-lost' });
  });

  test('a lease that nobody ever renewed counts from its creation', () => {
    const metadata = { name: 'managed-cluster-lease', creationTimestamp: '2026-05-01T11:59:00Z' };
    expect(judgeLease(aCluster(), { metadata, spec: {} }, NOW)).toEqual({ kind: 'alive', recheckInMs: 240_000 });
  });
});
