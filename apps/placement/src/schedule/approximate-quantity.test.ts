import { expect, test } from '@jest/globals';
import { approximateQuantity } from './approximate-quantity.ts';

test.each([
  ['1500m', 1500 * 1e-3],
  ['4', 4],
  [8, 8],
  ['0', 0],
  ['-0', 0],
  ['-2', -2],
  ['+3k', 3000],
  ['1.5', 15 * 1e-1],
  ['0.1', 0.1],
  ['.5', 5 * 1e-1],
  ['5.', 5],
  ['2e3', 2000],
  ['2E3', 2000],
  ['1E', 1e18],
  ['16Gi', 16 * 1024 ** 3],
  ['1.5Gi', 15 * 1024 ** 3 * 1e-1],
  ['32889820Ki', 32889820 * 1024],
  ['100n', 100 * 1e-9],
  ['0.1n', 1 * 1e-9],
  ['9007199254740993', 9007199254740992],
])('%s is %d', (text, want) => {
  expect(approximateQuantity(text)).toBe(want);
});

test.each(['', '.', 'x', '1 Gi', '1Kib', '1e', '--1', '1e999', '9'.repeat(101)])('"%s" is no quantity', (text) => {
  expect(approximateQuantity(text)).toBeUndefined();
});
