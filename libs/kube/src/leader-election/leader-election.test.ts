import { describe, expect, test } from '@jest/globals';
import { Lease } from '@ocm/api';
import { manualClock, type ManualClock, settled } from '../../test/manual-clock.ts';
import { memoryResource, type MemoryResource } from '../../test/memory-resource.ts';
import { recordingLogger } from '../../test/recording-logger.ts';
import { recordingMetrics } from '../../test/recording-metrics.ts';
import { KubeError } from '../error.ts';
import { leadElection } from './leader-election.ts';
import { type LeaderElectionOptions, LeadershipLostError } from './lease-hold.ts';

const KEY = 'ocm/lock';
const UNAVAILABLE = new KubeError('connection refused', { code: 'unavailable' });
const TIMES = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 };

interface Contender {
  readonly stop: AbortController;
  readonly metrics: ReturnType<typeof recordingMetrics>;
  readonly log: ReturnType<typeof recordingLogger>;
  /** The signal of `lead`, once it leads. */
  leading(): AbortSignal | undefined;
  /** Lets `lead` end. */
  finish(error?: Error): void;
  /** How the election ended. */
  readonly ended: Promise<'resolved' | Error>;
}

function contend(
  leases: MemoryResource<Lease>,
  clock: ManualClock,
  over: Partial<LeaderElectionOptions> = {},
): Contender {
  const stop = new AbortController();
  const metrics = recordingMetrics();
  const log = recordingLogger();
  const work = Promise.withResolvers<void>();
  let leading: AbortSignal | undefined;
  const ended = leadElection(
    {
      client: leases.client,
      namespace: 'ocm',
      name: 'lock',
      identity: 'me',
      ...TIMES,
      signal: stop.signal,
      clock,
      metrics,
      log,
      random: () => 0,
      ...over,
    },
    (signal) => {
      leading = signal;
      return work.promise;
    },
  ).then(
    () => 'resolved' as const,
    (error: unknown) => error as Error,
  );
  return {
    stop,
    metrics,
    log,
    ended,
    leading: () => leading,
    finish: (error) => (error === undefined ? work.resolve() : work.reject(error)),
  };
}

function setUp(over: Partial<LeaderElectionOptions> = {}) {
  const clock = manualClock();
  const leases = memoryResource(Lease);
  return { clock, leases, me: contend(leases, clock, over), spec: () => leases.objects.get(KEY)?.spec };
}

describe('taking the lease', () => {
  test('nobody has it: taken at once, renewed every retry period', async () => {
    const { clock, leases, me, spec } = setUp();
    await settled();
    expect(me.leading()?.aborted).toBe(false);
    expect(spec()).toEqual({
      holderIdentity: 'me',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-31T09:00:00.000000Z',
      renewTime: '2026-01-31T09:00:00.000000Z',
      leaseTransitions: 0,
    });
    await clock.advance(4000);
    expect(spec()).toMatchObject({
      acquireTime: '2026-01-31T09:00:00.000000Z',
      renewTime: '2026-01-31T09:00:04.000000Z',
    });
    expect(leases.requests).toEqual([`get ${KEY}`, `create ${KEY}`, `replace ${KEY}`, `replace ${KEY}`]);
    expect(me.metrics.told).toEqual(['leading lock true']);
    me.finish();
    expect(await me.ended).toBe('resolved');
  });

  test('a living holder is waited for, told once; a silent one is replaced when its lease is over by our own timers', async () => {
    const { clock, leases, me: holder, spec } = setUp({ identity: 'holder' });
    await settled();
    const me = contend(leases, clock);
    await clock.advance(60_000);
    expect(me.leading()).toBeUndefined();
    expect(me.log.lines).toEqual([
      { level: 'info', fields: { lease: 'lock', holder: 'holder' }, message: 'waiting for the lease' },
    ]);
    leases.before = (request) => {
      if (request.startsWith('replace') && spec()?.holderIdentity === 'holder' && me.leading() === undefined) {
        if (clock.now().getTime() < Date.parse('2026-01-31T09:01:14Z')) throw UNAVAILABLE; // the holder is cut off
      }
    };
    await clock.advance(14_999);
    expect(me.leading()).toBeUndefined();
    await clock.advance(1001);
    expect(me.leading()?.aborted).toBe(false);
    expect(spec()).toMatchObject({ holderIdentity: 'me', leaseTransitions: 1 });
    expect(holder.leading()?.aborted).toBe(true);
    for (const each of [me, holder]) each.finish();
    expect(await holder.ended).toBeInstanceOf(LeadershipLostError);
  });

  test('a holder whose clock is an hour behind is respected while it renews', async () => {
    const clock = manualClock();
    const leases = memoryResource(Lease);
    const slow = manualClock('2026-01-31T08:00:00.000Z');
    const holder = contend(leases, slow, { identity: 'holder' });
    await settled();
    const me = contend(leases, clock);
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1000);
      await slow.advance(1000);
    }
    expect(me.leading()).toBeUndefined();
    for (const each of [me, holder]) {
      each.stop.abort();
      each.finish();
    }
    await Promise.all([me.ended, holder.ended]);
  });

  test('our own clock set an hour forward expires nobody', async () => {
    const { clock, leases, me: holder } = setUp({ identity: 'holder' });
    await settled();
    const me = contend(leases, clock);
    await settled();
    clock.setBack(-3_600_000);
    await clock.advance(10_000);
    expect(me.leading()).toBeUndefined();
    for (const each of [me, holder]) {
      each.stop.abort();
      each.finish();
    }
    await Promise.all([me.ended, holder.ended]);
  });

  test('its own lease is retaken at once after a restart', async () => {
    const { clock, leases, me, spec } = setUp();
    await settled();
    await clock.advance(1000);
    const restarted = contend(leases, clock);
    await settled();
    expect(restarted.leading()).toBeDefined();
    expect(spec()).toMatchObject({ holderIdentity: 'me', leaseTransitions: 0 });
    for (const each of [me, restarted]) each.finish();
    await Promise.all([me.ended, restarted.ended]);
  });

  test('of two that start together one leads; who loses the race does not complain', async () => {
    const clock = manualClock();
    const leases = memoryResource(Lease);
    const both = [contend(leases, clock, { identity: 'a' }), contend(leases, clock, { identity: 'b' })];
    await clock.advance(30_000);
    expect(both.filter((each) => each.leading() !== undefined)).toHaveLength(1);
    expect(both.flatMap(({ log }) => log.lines).filter(({ level }) => level === 'warn')).toEqual([]);
    for (const each of both) {
      each.stop.abort();
      each.finish();
    }
    await Promise.all(both.map(({ ended }) => ended));
  });

  test('trouble is told once and tried again every 1 to 2.2 retry periods', async () => {
    const clock = manualClock();
    const leases = memoryResource(Lease);
    leases.before = () => {
      throw UNAVAILABLE;
    };
    const me = contend(leases, clock, { random: () => 1 });
    await clock.advance(10 * 4400);
    expect(leases.requests).toHaveLength(11);
    expect(me.log.lines).toMatchObject([{ level: 'warn', fields: { lease: 'lock', error: UNAVAILABLE } }]);
    me.stop.abort();
    expect(await me.ended).toBe('resolved');
    expect(me.leading()).toBeUndefined();
    expect(clock.timers).toBe(0);
  });
});

describe('keeping it', () => {
  test('outlives an outage that is shorter than the renew deadline', async () => {
    const { clock, leases, me } = setUp();
    await settled();
    leases.before = () => {
      throw UNAVAILABLE;
    };
    await clock.advance(7500);
    leases.before = () => {};
    await clock.advance(60_000);
    expect(me.leading()?.aborted).toBe(false);
    expect(me.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    me.finish();
    await me.ended;
  });

  test('is lost when renewals fail for the whole deadline, hanging ones too', async () => {
    const { clock, leases, me } = setUp();
    await settled();
    leases.before = (_, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    await clock.advance(9999);
    expect(me.leading()?.aborted).toBe(false);
    await clock.advance(1);
    expect(me.leading()?.reason).toBeInstanceOf(LeadershipLostError);
    me.finish(new Error('aborted'));
    expect(await me.ended).toMatchObject({ message: 'lease lock could not be renewed for 10 s' });
    expect(me.metrics.told).toEqual(['leading lock true', 'leading lock false']);
    expect(clock.timers).toBe(0);
  });

  test('is lost at once when somebody else holds it', async () => {
    const { clock, leases, me, spec } = setUp();
    await settled();
    const lease = leases.objects.get(KEY);
    if (lease !== undefined) {
      leases.objects.set(KEY, {
        metadata: { ...lease.metadata, resourceVersion: '99' },
        spec: { ...lease.spec, holderIdentity: 'thief' },
      });
    }
    await clock.advance(2000);
    expect(me.leading()?.aborted).toBe(true);
    me.finish();
    expect(await me.ended).toMatchObject({ message: 'lease lock is held by "thief"' });
    expect(spec()?.holderIdentity).toBe('thief');
  });

  test('survives foreign writes to the lease object and its deletion', async () => {
    const { clock, leases, me, spec } = setUp();
    await settled();
    const lease = leases.objects.get(KEY);
    if (lease !== undefined) {
      leases.objects.set(KEY, { ...lease, metadata: { ...lease.metadata, resourceVersion: '99', labels: { a: 'b' } } });
    }
    await clock.advance(2000);
    expect(leases.objects.get(KEY)?.metadata.labels).toEqual({ a: 'b' });
    leases.objects.delete(KEY);
    await clock.advance(2000);
    expect(spec()?.holderIdentity).toBe('me');
    expect(me.leading()?.aborted).toBe(false);
    me.finish();
    await me.ended;
  });

  test('what does not end within the rest of the lease is left behind', async () => {
    const { clock, leases, me } = setUp();
    await settled();
    leases.before = () => {
      throw UNAVAILABLE;
    };
    await clock.advance(10_000);
    let hasEnded = false;
    void me.ended.then(() => (hasEnded = true));
    await clock.advance(4999);
    expect(hasEnded).toBe(false);
    await clock.advance(1);
    expect(await me.ended).toBeInstanceOf(LeadershipLostError);
  });
});

describe('giving it up', () => {
  test('after the signal the lease is renewed until the work has ended, then released for others to take at once', async () => {
    const { clock, leases, me, spec } = setUp();
    await settled();
    const reason = new Error('SIGTERM');
    me.stop.abort(reason);
    expect(me.leading()?.reason).toBe(reason);
    await clock.advance(9000);
    expect(spec()).toMatchObject({ holderIdentity: 'me', renewTime: '2026-01-31T09:00:08.000000Z' });
    me.finish();
    expect(await me.ended).toBe('resolved');
    expect(spec()).toEqual({
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: '2026-01-31T09:00:09.000000Z',
      renewTime: '2026-01-31T09:00:09.000000Z',
      leaseTransitions: 0,
    });
    expect(clock.timers).toBe(0);
    const next = contend(leases, clock, { identity: 'next' });
    await settled();
    expect(next.leading()).toBeDefined();
    next.finish();
    await next.ended;
  });

  test('it is released as well when the work fails, whose error is the one thrown', async () => {
    const { me, spec } = setUp();
    await settled();
    me.finish(new Error('no luck'));
    expect(await me.ended).toMatchObject({ message: 'no luck' });
    expect(spec()?.holderIdentity).toBe('');
  });

  test('a release that fails is told, and no error', async () => {
    const { leases, me } = setUp();
    await settled();
    leases.before = () => {
      throw UNAVAILABLE;
    };
    me.finish();
    expect(await me.ended).toBe('resolved');
    expect(me.log.lines.map(({ message }) => message)).toContain('lease not released: it has to expire');
  });
});

test.each([{ leaseDurationMs: 10_000 }, { renewDeadlineMs: 2000 }, { retryPeriodMs: 0 }])(
  'times that do not fit together are refused: %j',
  async (over) => {
    const { me } = setUp(over);
    expect(await me.ended).toBeInstanceOf(RangeError);
  },
);
