import { expect, test } from '@jest/globals';
import { ReportPace } from './report-pace.ts';

test('reports go at once, and after too many of them at an interval', () => {
  const pace = new ReportPace({ perMinute: 2, slowMs: 10_000 });
  const at = (...times: readonly number[]) => times.map((nowMs) => pace.mayReport('a', nowMs));
  expect(at(0, 100, 200, 5000, 10_099, 10_100, 10_200)).toEqual([true, true, false, false, false, true, false]);
  expect(pace.mayReport('b', 10_200)).toBe(true);
  expect(at(60_000, 60_100, 60_200)).toEqual([true, true, false]);
});

test('nobody waits for a clock that was set back', () => {
  const pace = new ReportPace({ perMinute: 2, slowMs: 10_000 });
  const hour = 3_600_000;
  expect([hour, hour, hour].map((nowMs) => pace.mayReport('a', nowMs))).toEqual([true, true, false]);
  expect([0, 1, 2].map((nowMs) => pace.mayReport('a', nowMs))).toEqual([true, true, false]);
});
