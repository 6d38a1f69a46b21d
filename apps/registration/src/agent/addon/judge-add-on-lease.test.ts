import { expect, test } from '@jest/globals';
import { aLease } from '@ocm/testing';
import { judgeAddOnLease } from './judge-add-on-lease.ts';

const NOW = new Date('2026-03-01T00:05:00Z');
const lease = (renewTime: string) => aLease({ renewTime });

test.each([
  {
    what: 'renewed within the grace',
    found: lease('2026-03-01T00:00:00.001000Z'),
    want: ['True', 'ManagedClusterAddOnLeaseUpdated', 'x add-on is available.'],
  },
  {
    what: 'of a clock that is ahead',
    found: lease('2026-03-01T00:06:00.000000Z'),
    want: ['True', 'ManagedClusterAddOnLeaseUpdated', 'x add-on is available.'],
  },
  {
    what: 'older',
    found: lease('2026-03-01T00:00:00.000000Z'),
    want: ['False', 'ManagedClusterAddOnLeaseUpdateStopped', 'x add-on is not available.'],
  },
  {
    what: 'never renewed',
    found: aLease(),
    want: ['False', 'ManagedClusterAddOnLeaseUpdateStopped', 'x add-on is not available.'],
  },
  {
    what: 'absent',
    found: undefined,
    want: ['Unknown', 'ManagedClusterAddOnLeaseNotFound', 'The status of x add-on is unknown.'],
  },
])('[registration 62] a lease that is $what', ({ found, want }) => {
  const { type, status, reason, message } = judgeAddOnLease(
    { addOn: 'x', lease: found, hostingCluster: undefined },
    NOW,
  );
  expect([status, reason, message]).toEqual(want);
  expect(type).toBe('Available');
});

test('[registration 62] whoever misses the lease of a hosted add-on is told where to look', () => {
  const { message } = judgeAddOnLease({ addOn: 'x', lease: undefined, hostingCluster: 'h1' }, NOW);
  expect(message).toMatch(/^The status of x add-on is unknown\. .*h1/);
});
