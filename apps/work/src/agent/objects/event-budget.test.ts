import { expect, test } from '@jest/globals';
import { EventBudget } from './event-budget.ts';

test('a budget is for a minute', () => {
  let nowMs = 0;
  const budget = new EventBudget({ perMinute: 2, clock: { now: () => new Date(nowMs) } });
  expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
  nowMs = 60_000;
  expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
  nowMs = 30_000; // the clock is set back
  expect([budget.spend(), budget.spend(), budget.spend()]).toEqual([true, true, false]);
});
