import { expect, test } from '@jest/globals';
import type { Lease } from '@ocm/api';
import { type Clock, KubeError, silentLogger } from '@ocm/kube';
import { until } from '@ocm/testing';
import { leaseRenewal } from './lease-renewal.ts';

/** Sleeps that last until the test ends them, or their signal does. */
function heldClock(): Clock & { readonly sleeps: { readonly ms: number; end(): void }[] } {
  const sleeps: { readonly ms: number; end(): void }[] = [];
  return {
    sleeps,
    now: () => new Date('2026-03-01T00:00:00Z'),
    schedule: () => () => undefined,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push({ ms, end: resolve });
        signal.addEventListener('abort', () => resolve());
      }),
  };
}

function setUp({ failing = false } = {}) {
  const clock = heldClock();
  const renewed: string[] = [];
  const leases = {
    get: (ref: unknown): Promise<Lease> =>
      Promise.resolve({ metadata: ref as Lease['metadata'], spec: { holderIdentity: 'managed-cluster-lease' } }),
    replace(lease: Lease): Promise<Lease> {
      renewed.push(`${lease.metadata.namespace} ${lease.spec?.renewTime} ${lease.spec?.holderIdentity}`);
      if (failing) throw new KubeError('lease gone', { code: 'not-found' });
      return Promise.resolve(lease);
    },
  };
  const renewal = leaseRenewal({
    leases,
    clock,
    random: () => 0.5,
    intervals: { leaseAttemptMs: 1000 },
    log: silentLogger,
  });
  const stopping = new AbortController();
  return { renewal, clock, renewed, stopping, ended: renewal.run(stopping.signal) };
}

const sleeping = (clock: ReturnType<typeof heldClock>, count: number): Promise<boolean> =>
  until(() => clock.sleeps.length === count, { describe: `${count} periods have begun`, deadlineMs: 2000 });

test('[registration 32] the lease is renewed at once, and again after one to one and a quarter durations', async () => {
  const { renewal, clock, renewed, stopping, ended } = setUp();
  renewal.aim({ cluster: 'c1', durationMs: 60_000 });
  await sleeping(clock, 1);
  expect(renewed).toEqual(['c1 2026-03-01T00:00:00.000000Z managed-cluster-lease']);
  expect(clock.sleeps[0]?.ms).toBe(67_500);
  clock.sleeps[0]?.end();
  await sleeping(clock, 2);
  expect(renewed).toHaveLength(2);
  stopping.abort();
  await ended;
});

test('[registration 34] another duration restarts the loop, the same one does not', async () => {
  const { renewal, clock, renewed, stopping, ended } = setUp();
  renewal.aim({ cluster: 'c1', durationMs: 60_000 });
  await sleeping(clock, 1);
  renewal.aim({ cluster: 'c1', durationMs: 60_000 });
  renewal.aim({ cluster: 'c1', durationMs: 1000 });
  await sleeping(clock, 2);
  expect(clock.sleeps[1]?.ms).toBe(1125);
  expect(renewed).toHaveLength(2);
  stopping.abort();
  await ended;
});

test('without a target nothing is renewed', async () => {
  const { renewal, clock, renewed, stopping, ended } = setUp();
  renewal.aim({ cluster: 'c1', durationMs: 1000 });
  await sleeping(clock, 1);
  renewal.aim(undefined);
  renewal.aim({ cluster: 'c1', durationMs: 1000 });
  await sleeping(clock, 2);
  expect(renewed).toHaveLength(2);
  stopping.abort();
  await ended;
});

test('a failure is no reason to try sooner, or to stop', async () => {
  const { renewal, clock, renewed, stopping, ended } = setUp({ failing: true });
  renewal.aim({ cluster: 'c1', durationMs: 1000 });
  await sleeping(clock, 1);
  clock.sleeps[0]?.end();
  await sleeping(clock, 2);
  expect(renewed).toHaveLength(2);
  stopping.abort();
  await ended;
});
