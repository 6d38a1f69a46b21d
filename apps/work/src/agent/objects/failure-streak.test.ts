import { expect, test } from '@jest/globals';
import { KubeError, type WatchHealth } from '@ocm/kube';
import { FailureStreak } from './failure-streak.ts';

const REFUSED: WatchHealth = { kind: 'failing', error: new KubeError('no', { code: 'unavailable', status: 503 }) };
const CUT: WatchHealth = { kind: 'failing', error: new KubeError('lost the connection', { code: 'unavailable' }) };
const WORKING: WatchHealth = { kind: 'working' };

/** After which of them the watch has failed for too long. */
const heard = (...course: readonly (readonly [WatchHealth, number])[]) => {
  const streak = new FailureStreak();
  return course.map(([health, nowMs]) => streak.heard(health, nowMs));
};
const refused = (...times: readonly number[]) => heard(...times.map((nowMs) => [REFUSED, nowMs] as const));

test('a watch that is refused again and again has failed for too long after a minute', () => {
  expect(refused(1000, 2000, 31_000, 60_999, 61_000)).toEqual([false, false, false, false, true]);
});

test.each([
  ['with a time between them in which the watch was held', [0, 46_000, 92_000]],
  ['before and after the clock was set back', [7_200_000, 0, 59_000]],
])('failures %s do not belong together', (_what, times) => {
  expect(refused(...times)).toEqual([false, false, false]);
});

test('a watch that has worked in between begins anew', () => {
  expect(heard([REFUSED, 0], [WORKING, 1000], [REFUSED, 30_000], [REFUSED, 60_000], [REFUSED, 90_000])).toEqual([
    false,
    false,
    false,
    false,
    true,
  ]);
});

test('a watch that is cut again and again, or that nobody answers, has not failed', () => {
  const times = [0, 20_000, 40_000, 60_000, 80_000, 100_000];
  expect(heard(...times.map((nowMs) => [CUT, nowMs] as const))).not.toContain(true);
});

test('nor does that make an end of refusals', () => {
  expect(heard([REFUSED, 0], [CUT, 15_000], [REFUSED, 30_000], [CUT, 45_000], [REFUSED, 60_000]).at(-1)).toBe(true);
});
