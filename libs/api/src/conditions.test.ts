import { describe, expect, test } from '@jest/globals';
import {
  findCondition,
  isConditionTrue,
  LONGEST_CONDITION_MESSAGE,
  microTimestamp,
  removeCondition,
  setCondition,
  timestamp,
} from './conditions.ts';
import type { Condition } from './meta.ts';

const THEN = '2026-03-01T08:00:00Z';
const NOW = new Date('2026-03-01T09:00:00.789Z');
const NOW_TEXT = '2026-03-01T09:00:00Z';

function aCondition(over: Partial<Condition> = {}): Condition {
  return { type: 'Ready', status: 'True', reason: 'Fine', message: '', lastTransitionTime: THEN, ...over };
}

const OTHER = aCondition({ type: 'Other', status: 'Unknown' });

test('a condition that was never written is found nowhere and not True', () => {
  expect(findCondition(undefined, 'Ready')).toBeUndefined();
  expect(findCondition([OTHER], 'Ready')).toBeUndefined();
  expect(isConditionTrue(undefined, 'Ready')).toBe(false);
  expect(isConditionTrue([OTHER], 'Other')).toBe(false);
  expect(isConditionTrue([OTHER, aCondition()], 'Ready')).toBe(true);
});

describe('setCondition', () => {
  test('a message never exceeds what the schemas take, and a second time nothing changes', () => {
    const update = { type: 'Ready', status: 'True', reason: 'Fine', message: 'x'.repeat(40_000) } as const;
    const written = setCondition([], update, NOW);
    expect(findCondition(written, 'Ready')?.message).toBe('x'.repeat(LONGEST_CONDITION_MESSAGE));
    expect(setCondition(written, update, NOW)).toBe(written);
  });

  test('appends a new type with the present time, in whole seconds', () => {
    const next = { type: 'Ready', status: 'False', reason: 'Broken', message: 'no' } as const;
    expect(setCondition(undefined, next, NOW)).toEqual([{ ...next, lastTransitionTime: NOW_TEXT }]);
    expect(setCondition([OTHER], next, NOW)).toEqual([OTHER, { ...next, lastTransitionTime: NOW_TEXT }]);
  });

  test.each([
    { change: { reason: 'Finer' }, time: THEN },
    { change: { message: 'hello' }, time: THEN },
    { change: { observedGeneration: 2 }, time: THEN },
    { change: { status: 'Unknown' }, time: NOW_TEXT },
  ] as const)('with $change has the time of the transition $time', ({ change, time }) => {
    const present = aCondition();
    expect(setCondition([present, OTHER], { ...present, ...change }, NOW)).toEqual([
      { ...present, ...change, lastTransitionTime: time },
      OTHER,
    ]);
  });

  test('returns the same list when it already says so', () => {
    const conditions = Object.freeze([OTHER, aCondition({ observedGeneration: 3 })]);
    const same = { type: 'Ready', status: 'True', reason: 'Fine', message: '', observedGeneration: 3 } as const;
    expect(setCondition(conditions, same, NOW)).toBe(conditions);
  });

  test('drops an observed generation that the writer does not give', () => {
    const [written] = setCondition([aCondition({ observedGeneration: 3 })], aCondition(), NOW);
    expect(written).toEqual(aCondition());
  });

  test('writes only the members of a condition', () => {
    const [written] = setCondition(undefined, { ...aCondition(), extra: 1 } as Condition, NOW);
    expect(written).toEqual(aCondition({ lastTransitionTime: NOW_TEXT }));
  });
});

test('removeCondition returns the same list when there is nothing to remove', () => {
  const conditions = [OTHER];
  expect(removeCondition(conditions, 'Ready')).toBe(conditions);
  expect(removeCondition(conditions, 'Other')).toEqual([]);
});

test('times have the precision that the API stores', () => {
  expect(timestamp(NOW)).toBe('2026-03-01T09:00:00Z');
  expect(microTimestamp(NOW)).toBe('2026-03-01T09:00:00.789000Z');
});
