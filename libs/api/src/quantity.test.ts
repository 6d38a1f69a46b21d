import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { addQuantities, formatQuantity, parseQuantity, type QuantityFormat, sumQuantities } from './quantity.ts';

describe('canonical form', () => {
  test.each([
    ['0', '0'],
    ['0Ki', '0'],
    ['-0', '0'],
    ['+5', '5'],
    ['1.5', '1500m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['1000m', '1'],
    ['1000000', '1M'],
    ['1500000', '1500k'],
    ['0.001', '1m'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['1025', '1025'],
    ['1000Ki', '1000Ki'],
    ['512Mi', '512Mi'],
    ['16384Mi', '16Gi'],
    ['0.5Ki', '512'],
    ['1.5Ki', '1536'],
    ['0.0001Ki', '102400u'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['1e4', '10e3'],
    ['12e-1', '1200e-3'],
    ['5e0', '5'],
    ['1E', '1E'],
    ['100E', '100E'],
    ['1000E', '1000E'],
    ['-1.5Gi', '-1536Mi'],
    ['0.1n', '1n'],
    ['-0.1n', '-1n'],
    ['1.0000000001', '1000000001n'],
    ['16Ei', '9223372036854775807'],
    ['100n', '100n'],
    ['3u', '3u'],
    ['7.25P', '7250T'],
  ])('of %s is %s', (text, canonical) => {
    expect(formatQuantity(parseQuantity(text))).toBe(canonical);
  });

  test('of a JSON number is that of its text', () => {
    expect(formatQuantity(parseQuantity(1500))).toBe('1500');
    expect(formatQuantity(parseQuantity(2000))).toBe('2k');
  });
});

describe('sum', () => {
  test.each([
    [[], '0'],
    [['4', '4'], '8'],
    [['100m', '1900m'], '2'],
    [['16384Mi', '16Gi'], '32Gi'],
    [['15Gi', '1000Ki'], '15729640Ki'],
    [['1Ki', '1k'], '2024'],
    [['1k', '1Ki'], '2024'],
    [['1Mi', '1M'], '2048576'],
    [['1M', '1Ki'], '1001024'],
    [['0', '1Ki'], '1Ki'],
    [['0', '1e3'], '1e3'],
    [['1e3', '1k'], '2e3'],
    [['1k', '1e3'], '2k'],
    [['1Ki', '500m'], '1024500m'],
    [['9223372036854775807', '1'], '9223372036854775808'],
    [['5', '-5'], '0'],
  ])('of %j is %s: the format of the first, exactly', (values, want) => {
    expect(sumQuantities(values)).toBe(want);
  });
});

test.each([
  '',
  'five',
  '1.2.3',
  '1Kib',
  '1 Gi',
  '.',
  '+',
  '1e',
  '1e1.5',
  '1KI',
  'NaN',
  '1e101',
  '1'.repeat(101),
  '0x10',
])('refuses %j and says what is allowed', (text) => {
  expect(() => parseQuantity(text)).toThrow(/is not a quantity; allowed is a number with an optional suffix/);
});

const quantities = fc.record({
  nanos: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  format: fc.constantFrom<QuantityFormat>('DecimalSI', 'BinarySI', 'DecimalExponent'),
});

test('the canonical form loses nothing and is its own canonical form', () => {
  const maxBinary = 2n ** 63n * 10n ** 9n;
  fc.assert(
    fc.property(quantities, (quantity) => {
      fc.pre(quantity.format !== 'BinarySI' || (quantity.nanos < maxBinary && quantity.nanos > -maxBinary));
      const text = formatQuantity(quantity);
      expect(parseQuantity(text).nanos).toBe(quantity.nanos);
      expect(formatQuantity(parseQuantity(text))).toBe(text);
    }),
  );
});

test('the amount of a sum does not depend on the order', () => {
  fc.assert(
    fc.property(fc.array(quantities, { minLength: 1 }), (all) => {
      const sum = all.reduce(addQuantities);
      expect(all.toReversed().reduce(addQuantities).nanos).toBe(sum.nanos);
    }),
  );
});
