import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { leaseTarget } from './lease-target.ts';

function cluster(accepted: 'True' | 'False' | undefined, leaseDurationSeconds?: number): ManagedCluster {
  const condition = { type: 'HubAcceptedManagedCluster', reason: 'x', message: '', lastTransitionTime: '' };
  return {
    metadata: { name: 'c1' },
    spec: leaseDurationSeconds === undefined ? {} : { leaseDurationSeconds },
    status: accepted === undefined ? {} : { conditions: [{ ...condition, status: accepted }] },
  };
}

test.each([
  { seconds: undefined, want: 60_000 },
  { seconds: 0, want: 60_000 },
  { seconds: 1, want: 1000 },
])('[registration 34] the lease of an accepted cluster with duration $seconds is renewed every $want ms', (row) => {
  expect(leaseTarget(cluster('True', row.seconds))).toEqual({ cluster: 'c1', durationMs: row.want });
});

test.each([undefined, 'False'] as const)('no lease is renewed while acceptance is %s', (accepted) => {
  expect(leaseTarget(cluster(accepted))).toBeUndefined();
});
