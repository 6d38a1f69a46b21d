import { expect, test } from '@jest/globals';
import { EventBudget } from './event-budget.ts';

test('a budget is for a minute, and once exceeded it stays so', () => {
  let nowMs = 0;
  const budget = new EventBudget({ perMinute: 2, clock: { now: () => new Date(nowMs) } });
  expect([budget.spend(), budget.spend()]).toEqual([true, true]);
  nowMs = 60_000;
  expect([budget.spend(), budget.spend(), budget.isExceeded]).toEqual([true, true, false]);
  expect(budget.spend()).toBe(false);
  nowMs = 180_000;
  expect([budget.spend(), budget.isExceeded]).toEqual([false, true]);
});
