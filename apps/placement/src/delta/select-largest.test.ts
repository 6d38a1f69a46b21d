import { array, assert, integer, nat, property } from 'fast-check';
import { expect, test } from '@jest/globals';
import { nthLargest } from './select-largest.ts';

test('is the last of so many values when they are sorted, largest first', () => {
  assert(
    property(array(integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 50 }), nat(), (values, dice) => {
      const count = 1 + (dice % values.length);
      const sorted = values.toSorted((a, b) => b - a);
      expect(nthLargest(Float64Array.from(values), count)).toBe(sorted[count - 1]);
    }),
  );
});
