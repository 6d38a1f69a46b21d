import { describe, expect, test } from '@jest/globals';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

/** A clock on which time passes only while somebody sleeps. */
function clockAt(start = 0) {
  const clock = {
    nowMs: start,
    now: () => new Date(clock.nowMs),
    sleep: async (ms: number) => {
      clock.nowMs += ms;
    },
  };
  return clock;
}

describe('the rate of published events', () => {
  test('is 100 at once and 50 per second after that', async () => {
    const bucket = new TokenBucket(clockAt());
    const { signal } = new AbortController();
    const waits = await Promise.all(Array.from({ length: 152 }, () => bucket.take(signal)));
    expect(waits.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 0));
    expect([waits[100], waits[101], waits[151]]).toEqual([20, 40, 1040]);
  });

  test('is never above burst + rate x time, whenever events come', async () => {
    const gaps = array(integer({ min: 0, max: 200 }), { maxLength: 300 });
    await assert(
      asyncProperty(gaps, async (gapsMs) => {
        const clock = clockAt(1000);
        const bucket = new TokenBucket(clock, { perSecond: 10, burst: 5, mostPerSecond: 10 });
        const leaves: number[] = [];
        for (const gapMs of gapsMs) {
          clock.nowMs += gapMs;
          await bucket.take(new AbortController().signal);
          leaves.push(clock.nowMs);
        }
        leaves.forEach((end, last) => {
          const first = leaves[Math.max(0, last - 5)] ?? 0;
          if (last >= 5) expect(end - first).toBeGreaterThanOrEqual(100 - 1e-6);
        });
      }),
    );
  });

  test.each([
    ['rises with every quick answer', Array.from({ length: 50 }, () => 100), 100],
    ['ends at 400 per second', Array.from({ length: 5000 }, () => 1), 400],
    ['falls by half with a slow one', [...Array.from({ length: 450 }, () => 1), 101], 200],
    ['falls by half with a failure', [...Array.from({ length: 450 }, () => 1), undefined], 200],
    ['is never below the standard', [500, undefined, 500], 50],
  ])('%s', async (_what, answers, perSecond) => {
    const bucket = new TokenBucket(clockAt());
    const { signal } = new AbortController();
    for (const tookMs of answers) bucket.answered(tookMs);
    const waits = await Promise.all(Array.from({ length: 101 }, () => bucket.take(signal)));
    expect(waits.at(-1)).toBe(Math.trunc(1000 / perSecond));
  });

  test('those who wait already gain by a rate that rises', async () => {
    const clock = clockAt();
    const bucket = new TokenBucket(clock);
    const takes = Array.from({ length: 201 }, () => bucket.take(new AbortController().signal));
    for (let count = 0; count < 350; count += 1) bucket.answered(1);
    await Promise.all(takes);
    expect(clock.nowMs).toBeCloseTo((101 * 1000) / 400);
  });

  test('a waiting publisher can be stopped', async () => {
    const bucket = new TokenBucket(clockAt());
    await expect(bucket.take(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});
