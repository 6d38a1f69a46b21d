import { expect, test } from '@jest/globals';
import { normalizeScore } from './normalize-score.ts';

test.each([
  [101, 100],
  [100, 100],
  [0, -100],
  [-5, -100],
  [50, 0],
  [49.9, 0],
  [75.4, 50],
  [24.6, -50],
])('%d between 0 and 100 scores %d', (value, score) => {
  expect(normalizeScore(value, { min: 0, max: 100 })).toBe(score);
});

test('equal bounds divide the values in two, without a division by zero', () => {
  expect([4, 5, 6].map((value) => normalizeScore(value, { min: 5, max: 5 }))).toEqual([-100, -100, 100]);
});

test('bounds the wrong way round, and what is no number, are refused', () => {
  expect(() => normalizeScore(1, { min: 2, max: 1 })).toThrow(RangeError);
  expect(() => normalizeScore(Number.NaN, { min: 0, max: 1 })).toThrow(/cannot score NaN/);
});
