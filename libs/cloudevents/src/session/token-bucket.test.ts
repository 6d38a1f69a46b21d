import { describe, expect, test } from '@jest/globals';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { TokenBucket } from './token-bucket.ts';

/** A clock whose sleepers do not hold anybody up: what counts is how long they were told to wait. */
function clockAt(start = 0): { nowMs: number; now: () => Date; sleep: () => Promise<void> } {
  const clock = { nowMs: start, now: () => new Date(clock.nowMs), sleep: () => Promise.resolve() };
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
        const bucket = new TokenBucket(clock, { perSecond: 10, burst: 5 });
        const leaves: number[] = [];
        for (const gapMs of gapsMs) {
          clock.nowMs += gapMs;
          leaves.push(clock.nowMs + (await bucket.take(new AbortController().signal)));
        }
        leaves.forEach((end, last) => {
          const first = leaves[Math.max(0, last - 5)] ?? 0;
          if (last >= 5) expect(end - first).toBeGreaterThanOrEqual(100 - 1e-6);
        });
      }),
    );
  });

  test('a waiting publisher can be stopped', async () => {
    const bucket = new TokenBucket(clockAt());
    await expect(bucket.take(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});
