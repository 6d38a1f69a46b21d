import { expect, test } from '@jest/globals';
import { FailureStreak } from './failure-streak.ts';

const after = (...times: readonly number[]) => {
  const streak = new FailureStreak();
  return times.map((nowMs) => streak.failed(nowMs));
};

test('a watch that fails again and again has failed for too long after a minute', () => {
  expect(after(1000, 2000, 31_000, 60_999, 61_000)).toEqual([false, false, false, false, true]);
});

test.each([
  ['with a time between them in which the watch was held', [0, 46_000, 92_000]],
  ['before and after the clock was set back', [7_200_000, 0, 59_000]],
])('failures %s do not belong together', (_what, times) => {
  expect(after(...times)).toEqual([false, false, false]);
});

test('a watch that has told of something in between begins anew', () => {
  const streak = new FailureStreak();
  streak.failed(0);
  streak.worked();
  expect(streak.failed(30_000)).toBe(false);
  expect(streak.failed(60_000)).toBe(false);
  expect(streak.failed(90_000)).toBe(true);
});
