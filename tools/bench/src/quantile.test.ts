import { expect, test } from '@jest/globals';
import { quantile } from './quantile.ts';

const HUNDRED = Array.from({ length: 100 }, (_, index) => 100 - index);

test.each([
  { values: HUNDRED, share: 0.5, want: 50 },
  { values: HUNDRED, share: 0.99, want: 99 },
  { values: HUNDRED, share: 1, want: 100 },
  { values: [7], share: 0.99, want: 7 },
  { values: [], share: 0.99, want: 0 },
])('the quantile $share of $values.length values is $want', ({ values, share, want }) => {
  expect(quantile(values, share)).toBe(want);
});
