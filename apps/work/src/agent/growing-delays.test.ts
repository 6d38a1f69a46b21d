import { expect, test } from '@jest/globals';
import { GrowingDelays } from './growing-delays.ts';

test('delays double up to the longest, for each key, until they are reset', () => {
  const delays = new GrowingDelays({ first: 5, longest: 30 });
  expect(delays.has('a')).toBe(false);
  expect([delays.next('a'), delays.next('a'), delays.next('a'), delays.next('a'), delays.next('a')]).toEqual([
    5, 10, 20, 30, 30,
  ]);
  expect(delays.next('b')).toBe(5);
  expect(delays.has('a')).toBe(true);
  delays.reset('a');
  expect(delays.has('a')).toBe(false);
  expect(delays.next('a')).toBe(5);
});
