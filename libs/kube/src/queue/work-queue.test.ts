import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { manualClock } from '../../test/manual-clock.ts';
import { recordingMetrics } from '../../test/recording-metrics.ts';
import type { Lane } from '../informer.ts';
import { LIVE_PER_BULK, WorkQueue } from './work-queue.ts';

const DONE = { kind: 'done' } as const;
const RETRY = { kind: 'retry', minDelayMs: 0 } as const;
const LIVE = { lane: 'live', resetBackoff: false } as const;
const BULK = { lane: 'bulk', resetBackoff: false } as const;

function setUp() {
  const clock = manualClock();
  let ready = 0;
  const queue = new WorkQueue({ name: 'test', clock, onReady: () => (ready += 1) });
  const drain = (): string[] => {
    const keys: string[] = [];
    for (let work = queue.take(); work !== undefined; work = queue.take()) {
      keys.push(work.key);
      queue.finish(work.key, DONE);
    }
    return keys;
  };
  /** How long a key that has just failed waits. */
  const waitOf = async (key: string): Promise<number> => {
    let waited = 0;
    for (let work = queue.take(); work === undefined; work = queue.take()) {
      await clock.advance(1);
      waited += 1;
      if (waited > 2_000_000) throw new Error(`${key} never comes`);
    }
    return waited;
  };
  return { clock, queue, drain, waitOf, ready: () => ready };
}

describe('one key', () => {
  test('is queued once however often it is added', () => {
    const { queue, drain } = setUp();
    queue.add('a', LIVE);
    queue.add('a', LIVE);
    queue.add('b', LIVE);
    queue.add('a', BULK);
    expect(drain()).toEqual(['a', 'b']);
  });

  test('is not handed out while it runs, and once more after the run when it was touched', () => {
    const { queue } = setUp();
    queue.add('a', LIVE);
    expect(queue.take()).toEqual({ key: 'a', lane: 'live' });
    queue.add('a', LIVE);
    queue.add('a', LIVE);
    expect(queue.take()).toBeUndefined();
    queue.finish('a', DONE);
    expect(queue.take()?.key).toBe('a');
    queue.finish('a', DONE);
    expect(queue.take()).toBeUndefined();
  });

  test('cannot be finished without having been taken', () => {
    const { queue } = setUp();
    expect(() => queue.finish('a', DONE)).toThrow('key "a" is finished but was not running');
    queue.add('a', LIVE);
    expect(() => queue.finish('a', DONE)).toThrow('not running');
  });

  test('tells that it can be taken: on add, when it is due, when it was touched during its run', async () => {
    const { queue, clock, ready } = setUp();
    queue.add('a', LIVE);
    expect(ready()).toBe(1);
    queue.take();
    queue.add('a', LIVE);
    expect(ready()).toBe(1);
    queue.finish('a', DONE);
    expect(ready()).toBe(2);
    queue.take();
    queue.finish('a', { kind: 'requeue', afterMs: 10 });
    await clock.advance(10);
    expect(ready()).toBe(3);
  });
});

describe('lanes', () => {
  test('live overtakes bulk, and a key touched live moves over', () => {
    const { queue, drain } = setUp();
    for (const key of ['a', 'b', 'c']) queue.add(key, BULK);
    queue.add('d', LIVE);
    queue.add('c', LIVE);
    queue.add('d', BULK);
    expect(drain()).toEqual(['d', 'c', 'a', 'b']);
  });

  test('bulk gets every ninth run while live keys keep coming', () => {
    const { queue, drain } = setUp();
    for (let i = 0; i < 3; i += 1) queue.add(`bulk${i}`, BULK);
    for (let i = 0; i < 20; i += 1) queue.add(`live${i}`, LIVE);
    const order = drain();
    expect(order.indexOf('bulk0')).toBe(LIVE_PER_BULK);
    expect(order.indexOf('bulk1')).toBe(2 * LIVE_PER_BULK + 1);
  });

  test.each([DONE, { kind: 'requeue', afterMs: 5 }, RETRY] as const)(
    'a key touched live while its bulk run ends with $kind comes back live',
    (next) => {
      const { queue } = setUp();
      queue.add('a', BULK);
      queue.take();
      queue.add('b', BULK);
      queue.add('a', LIVE);
      queue.add('a', BULK);
      queue.finish('a', next);
      expect(queue.take()).toEqual({ key: 'a', lane: 'live' });
    },
  );

  test('a failed live run stays live though only a resync touched the key meanwhile; a successful one does not', () => {
    const { queue } = setUp();
    for (const [next, lane] of [
      [RETRY, 'live'],
      [DONE, 'bulk'],
    ] as const) {
      queue.add('a', LIVE);
      queue.take();
      queue.add('a', BULK);
      queue.finish('a', next);
      expect(queue.take()).toEqual({ key: 'a', lane });
      queue.finish('a', DONE);
    }
  });

  test.each(['live', 'bulk'] as const)('a requeue and a retry keep the lane of a %s run', async (lane) => {
    const { queue, clock } = setUp();
    queue.add('a', { lane, resetBackoff: false });
    queue.take();
    queue.finish('a', { kind: 'requeue', afterMs: 5 });
    await clock.advance(5);
    expect(queue.take()).toEqual({ key: 'a', lane });
    queue.finish('a', RETRY);
    await clock.advance(5);
    expect(queue.take()).toEqual({ key: 'a', lane });
  });
});

describe('delays', () => {
  test('requeued keys come when they are due, in order, on a single timer', async () => {
    const { queue, clock, drain } = setUp();
    for (let i = 0; i < 1000; i += 1) {
      queue.add(`k${i}`, BULK);
      queue.take();
      queue.finish(`k${i}`, { kind: 'requeue', afterMs: 1000 + ((i * 7919) % 1000) });
      expect(clock.timers).toBe(1);
    }
    await clock.advance(999);
    expect(drain()).toEqual([]);
    await clock.advance(500);
    expect(drain()).toHaveLength(500);
    await clock.advance(500);
    const rest = drain();
    expect(rest).toHaveLength(500);
    const dues = rest.map((key) => (Number(key.slice(1)) * 7919) % 1000);
    expect(dues).toEqual(dues.toSorted((a, b) => a - b));
    expect(clock.timers).toBe(0);
  });

  test.each([LIVE, BULK])(
    'an add in the $lane lane ends the wait, and the wait does not come back',
    async (options) => {
      const { queue, clock, drain } = setUp();
      queue.add('a', LIVE);
      queue.take();
      queue.finish('a', { kind: 'requeue', afterMs: 1000 });
      queue.add('a', options);
      expect(drain()).toEqual(['a']);
      await clock.advance(2000);
      expect(drain()).toEqual([]);
    },
  );

  test('a requeue is dropped when the key was touched during the run that asked for it', async () => {
    const { queue, clock, drain } = setUp();
    queue.add('a', LIVE);
    queue.take();
    queue.add('a', LIVE);
    queue.finish('a', { kind: 'requeue', afterMs: 10 });
    expect(drain()).toEqual(['a']);
    await clock.advance(20);
    expect(drain()).toEqual([]);
  });

  test('the time of day set back an hour delays nothing', async () => {
    const { queue, clock, drain } = setUp();
    for (const [key, afterMs] of [
      ['a', 5000],
      ['b', 3000],
    ] as const) {
      queue.add(key, LIVE);
      queue.take();
      queue.finish(key, { kind: 'requeue', afterMs });
    }
    await clock.advance(1000);
    clock.setBack(3_600_000);
    await clock.advance(2000);
    expect(drain()).toEqual(['b']);
    await clock.advance(2000);
    expect(drain()).toEqual(['a']);
  });
});

describe('[registration 1.3] back-off', () => {
  test('doubles from 5 ms per failure and is cleared by a success', async () => {
    const { queue, waitOf } = setUp();
    queue.add('a', LIVE);
    queue.take();
    const waits: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      queue.finish('a', RETRY);
      waits.push(await waitOf('a'));
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160]);
    queue.finish('a', DONE);
    queue.add('a', LIVE);
    queue.take();
    queue.finish('a', RETRY);
    expect(await waitOf('a')).toBe(5);
  });

  test('a requeue clears it too', async () => {
    const { queue, waitOf } = setUp();
    queue.add('a', LIVE);
    queue.take();
    queue.finish('a', RETRY);
    await waitOf('a');
    queue.finish('a', { kind: 'requeue', afterMs: 3 });
    await waitOf('a');
    queue.finish('a', RETRY);
    expect(await waitOf('a')).toBe(5);
  });

  test('an add ends the wait but keeps the count, unless it resets the back-off', async () => {
    const { queue, waitOf } = setUp();
    queue.add('a', LIVE);
    queue.take();
    for (let i = 0; i < 3; i += 1) {
      queue.finish('a', RETRY);
      queue.add('a', LIVE);
      expect(queue.take()?.key).toBe('a');
    }
    queue.finish('a', RETRY);
    expect(await waitOf('a')).toBe(40);
    queue.finish('a', RETRY);
    queue.add('a', { lane: 'live', resetBackoff: true });
    queue.take();
    queue.finish('a', RETRY);
    expect(await waitOf('a')).toBe(5);
  });

  test('ends at 1000 s', async () => {
    const { queue, clock } = setUp();
    queue.add('a', LIVE);
    queue.take();
    for (let i = 0; i < 30; i += 1) {
      queue.finish('a', RETRY);
      await clock.advance(1_000_000);
      expect(queue.take()?.key).toBe('a');
    }
  });

  test('what the server asked for is the least', async () => {
    const { queue, waitOf } = setUp();
    queue.add('a', LIVE);
    queue.take();
    queue.finish('a', { kind: 'retry', minDelayMs: 250 });
    expect(await waitOf('a')).toBe(250);
  });

  test('ends when the key is due for another reason, but not before the time that the server asked for', async () => {
    const { queue, waitOf, clock } = setUp();
    queue.add('a', LIVE);
    queue.take();
    queue.finish('a', { ...RETRY, maxDelayMs: 1000 });
    expect(await waitOf('a')).toBe(5);
    for (let i = 0; i < 10; i += 1) {
      queue.finish('a', RETRY);
      await clock.advance(1_000_000);
      queue.take();
    }
    queue.finish('a', { ...RETRY, maxDelayMs: 1000 });
    expect(await waitOf('a')).toBe(1000);
    queue.finish('a', { kind: 'retry', minDelayMs: 3000, maxDelayMs: 1000 });
    expect(await waitOf('a')).toBe(3000);
  });

  test('conflicts wait for their own back-off only, however many keys have one', async () => {
    const { queue, clock } = setUp();
    const keys = Array.from({ length: 300 }, (_, index) => `k${index}`);
    for (const key of keys) queue.add(key, LIVE);
    for (let work = queue.take(); work !== undefined; work = queue.take()) {
      queue.finish(work.key, { ...RETRY, isConflict: true });
    }
    await clock.advance(5);
    expect(queue.depth).toBe(keys.length);
  });

  test('all keys together retry 100 at once, then 10 per second', async () => {
    const { queue, clock, drain } = setUp();
    for (let i = 0; i < 150; i += 1) {
      queue.add(`k${i}`, LIVE);
      queue.take();
      queue.finish(`k${i}`, RETRY);
    }
    await clock.advance(5);
    expect(drain()).toHaveLength(100);
    await clock.advance(1000);
    expect(drain()).toHaveLength(10);
    await clock.advance(4000);
    expect(drain()).toHaveLength(40);
  });
});

describe('stop', () => {
  test('hands out nothing more, leaves no timer, and lets running keys finish', async () => {
    const { queue, clock } = setUp();
    for (const key of ['waiting', 'running', 'again', 'queued']) queue.add(key, LIVE);
    queue.take();
    queue.finish('waiting', { kind: 'requeue', afterMs: 10 });
    queue.take();
    queue.take();
    queue.add('again', LIVE);
    queue.stop();
    expect(queue.take()).toBeUndefined();
    expect(clock.timers).toBe(0);
    queue.finish('running', RETRY);
    queue.finish('again', DONE);
    queue.add('new', LIVE);
    await clock.advance(1000);
    expect(queue.take()).toBeUndefined();
    expect(clock.timers).toBe(0);
  });
});

test('a queue is to be seen in the metrics before anything comes', () => {
  const metrics = recordingMetrics();
  void new WorkQueue({ name: 'idle', clock: manualClock(), metrics, onReady: () => {} });
  expect(metrics.told).toEqual(['depth idle 0']);
});

test('metrics count adds, retries, depth and the time from add to start', async () => {
  const clock = manualClock();
  const metrics = recordingMetrics();
  const queue = new WorkQueue({ name: 'q', clock, metrics, onReady: () => {} });
  queue.add('a', LIVE);
  queue.add('a', LIVE);
  expect(metrics.told.splice(0)).toEqual(['depth q 0', 'add q', 'depth q 1']);
  await clock.advance(1500);
  queue.take();
  expect(metrics.told.splice(0)).toEqual(['depth q 0', 'latency q 1.5']);
  queue.finish('a', RETRY);
  await clock.advance(5);
  expect(metrics.told).toEqual(['retry q', 'add q', 'depth q 1']);
});

describe('property', () => {
  type Step =
    | { readonly do: 'add'; readonly key: number; readonly lane: Lane; readonly reset: boolean }
    | { readonly do: 'take' }
    | { readonly do: 'finish'; readonly pick: number; readonly next: 'done' | 'requeue' | 'retry' }
    | { readonly do: 'pass'; readonly ms: number };

  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      key: fc.nat(5),
      lane: fc.constantFrom<Lane>('live', 'bulk'),
      reset: fc.boolean(),
    }),
    fc.constant({ do: 'take' as const }),
    fc.record({
      do: fc.constant('finish' as const),
      pick: fc.nat(5),
      next: fc.constantFrom('done' as const, 'requeue' as const, 'retry' as const),
    }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(40) }),
  );

  test('no key runs twice at once, none is lost, and bulk is only taken when live is empty or has had its share', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async (steps) => {
        const { clock, queue } = setUp();
        const running = new Map<string, Lane>();
        /** Keys that must run again, with the lane that was asked for. */
        const owed = new Map<string, Lane>();
        let liveSinceBulk = 0;
        const take = (): void => {
          const work = queue.take();
          if (work === undefined) return;
          expect(running.has(work.key)).toBe(false);
          const liveWaits = [...owed].some(([key, lane]) => lane === 'live' && !running.has(key));
          if (work.lane === 'bulk' && liveWaits) expect(liveSinceBulk).toBeGreaterThanOrEqual(LIVE_PER_BULK);
          liveSinceBulk = work.lane === 'live' ? liveSinceBulk + 1 : 0;
          owed.delete(work.key);
          running.set(work.key, work.lane);
        };
        const finish = (pick: number, next: 'done' | 'requeue' | 'retry'): void => {
          const key = [...running.keys()][pick % Math.max(running.size, 1)];
          if (key === undefined) return;
          running.delete(key);
          queue.finish(
            key,
            next === 'requeue' ? { kind: next, afterMs: 20 } : next === 'retry' ? { kind: next, minDelayMs: 0 } : DONE,
          );
        };
        for (const step of steps) {
          if (step.do === 'add') {
            queue.add(`k${step.key}`, { lane: step.lane, resetBackoff: step.reset });
            if (step.lane === 'live' || !owed.has(`k${step.key}`)) owed.set(`k${step.key}`, step.lane);
          } else if (step.do === 'take') take();
          else if (step.do === 'finish') finish(step.pick, step.next);
          else await clock.advance(step.ms);
        }
        for (let round = 0; round < 40; round += 1) {
          take();
          finish(0, 'done');
        }
        expect([...owed]).toEqual([]);
        await clock.advance(2_000_000);
        for (let round = 0; round < 40; round += 1) {
          take();
          finish(0, 'done');
        }
        expect(queue.depth).toBe(0);
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
