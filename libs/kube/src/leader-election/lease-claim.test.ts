import { expect, test } from '@jest/globals';
import { claimLease, mayTake, releaseLease } from './lease-claim.ts';

const ME = { identity: 'me', leaseDurationMs: 137_000 };
const NOW = new Date('2026-01-31T09:00:00.123Z');
const TIME = '2026-01-31T09:00:00.123000Z';
const BEFORE = '2026-01-31T08:00:00.000000Z';

test.each([
  { who: 'nobody', spec: {}, isExpired: false, may: true },
  { who: 'nobody any more', spec: { holderIdentity: '' }, isExpired: false, may: true },
  { who: 'another', spec: { holderIdentity: 'other' }, isExpired: false, may: false },
  { who: 'another, long silent', spec: { holderIdentity: 'other' }, isExpired: true, may: true },
  { who: 'the claimant before its restart', spec: { holderIdentity: 'me' }, isExpired: false, may: true },
])('a lease held by $who may be taken: $may', ({ spec, isExpired, may }) => {
  expect(mayTake(spec, ME, isExpired)).toBe(may);
});

test('a new lease starts at zero transitions', () => {
  expect(claimLease({}, ME, NOW)).toEqual({
    holderIdentity: 'me',
    leaseDurationSeconds: 137,
    acquireTime: TIME,
    renewTime: TIME,
    leaseTransitions: 0,
  });
});

test('a lease taken over counts a transition; one renewed keeps its time of acquisition', () => {
  const theirs = { holderIdentity: 'other', acquireTime: BEFORE, renewTime: BEFORE, leaseTransitions: 3 };
  expect(claimLease(theirs, ME, NOW)).toMatchObject({ holderIdentity: 'me', acquireTime: TIME, leaseTransitions: 4 });
  const mine = { ...theirs, holderIdentity: 'me' };
  expect(claimLease(mine, ME, NOW)).toMatchObject({ acquireTime: BEFORE, renewTime: TIME, leaseTransitions: 3 });
});

test('fields of other writers survive', () => {
  expect(claimLease({ strategy: 'OldestEmulationVersion' } as object, ME, NOW)).toMatchObject({
    strategy: 'OldestEmulationVersion',
  });
});

test('a released lease names nobody and lasts a second', () => {
  expect(releaseLease(claimLease({}, ME, new Date(BEFORE)), NOW)).toEqual({
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: TIME,
    renewTime: TIME,
    leaseTransitions: 0,
  });
});
