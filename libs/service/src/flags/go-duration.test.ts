import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseGoDuration } from './go-duration.ts';

test.each([
  ['0', 0],
  ['0s', 0],
  ['137s', 137_000],
  ['1m', 60_000],
  ['1h30m', 5_400_000],
  ['60m', 3_600_000],
  ['720h', 2_592_000_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['-10ms', -10],
  ['+2s', 2000],
  ['1500us', 1.5],
  ['2µs', 0.002],
] as const)('%s is %d ms', (text, ms) => {
  expect(parseGoDuration(text)).toBeCloseTo(ms, 9);
});

test.each(['', '5', 's', '1 m', '1d', '1m ', '-', '1h-5m', '1e3s', '.s', '1h'.padEnd(200, '0')])(
  '"%s" is no duration',
  (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  },
);

test('parts add up in any order', () => {
  const part = fc.record({ amount: fc.nat(999), unit: fc.constantFrom('ms', 's', 'm', 'h') });
  const inMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.map(({ amount, unit }) => `${amount}${unit}`).join('');
      expect(parseGoDuration(text)).toBe(parts.reduce((sum, { amount, unit }) => sum + amount * inMs[unit], 0));
    }),
  );
});
