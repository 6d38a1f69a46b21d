import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('quantities', () => {
  test.each([
    ['isQuantity("1.3G")', 'true'],
    ['isQuantity("1.3Gi")', 'true'],
    ['isQuantity("10000k")', 'true'],
    ['isQuantity("1e3")', 'true'],
    ['isQuantity("1.5e-3")', 'true'],
    ['isQuantity("1E")', 'true'],
    ['isQuantity("+.5Mi")', 'true'],
    ['isQuantity("1.")', 'true'],
    ['isQuantity("1,3G")', 'false'],
    ['isQuantity("200K")', 'false'],
    ['isQuantity("Three")', 'false'],
    ['isQuantity("1ki")', 'false'],
    ['isQuantity(" 1")', 'false'],
    ['isQuantity("")', 'false'],
    ['isQuantity("--1")', 'false'],
    ['isQuantity("1e")', 'false'],
  ])('isQuantity: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("1.5G")', 'kubernetes.Quantity(1500M)'],
    [
      'quantity("200K")',
      'error: "200K" is not a quantity: neither a number nor one with a suffix such as m, k, Mi or e3',
    ],
    ['quantity("1") == quantity("1000m")', 'true'],
    ['quantity("1Gi") == quantity("1G")', 'false'],
    ['quantity("1") == dyn(1)', 'error: no such overload'],
  ])('quantity: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("50000000G").isInteger()', 'true'],
    ['quantity("50k").isInteger()', 'true'],
    ['quantity("1Gi").isInteger()', 'true'],
    ['quantity("0.5k").isInteger()', 'true'],
    ['quantity("9999999999999999999999999999999999999G").isInteger()', 'false'],
    ['quantity("10E").isInteger()', 'false'],
    ['quantity("1.5").isInteger()', 'false'],
    ['quantity("1.0").isInteger()', 'false'],
    ['quantity("1000m").isInteger()', 'false'],
    ['quantity("500m").add(quantity("500m")).isInteger()', 'false'],
  ])('isInteger: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("50k").asInteger()', '50000'],
    ['quantity("1Gi").add(quantity("1G")).asInteger()', '2073741824'],
    ['quantity("1.5").asInteger()', 'error: cannot convert value to integer'],
    ['quantity("9999999999999999999999999999999999999G").asInteger()', 'error: cannot convert value to integer'],
  ])('asInteger: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("50k").sub(20000).asApproximateFloat()', '30000.0'],
    ['quantity("0.1").asApproximateFloat()', '0.1'],
    ['quantity("-1.5Gi").asApproximateFloat()', '-1610612736.0'],
    ['quantity("1n").asApproximateFloat()', '1e-9'],
  ])('asApproximateFloat: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['sign(quantity("3"))', '1'],
    ['sign(quantity("-3m"))', '-1'],
    ['sign(quantity("0"))', '0'],
    ['quantity("1").sign()', "invalid: found no matching overload for 'sign' applied to 'kubernetes.Quantity.()'"],
  ])('sign: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("50k").add(quantity("20k")) == quantity("70k")', 'true'],
    ['quantity("50k").add(20) == quantity("50020")', 'true'],
    [
      'quantity("50k").add("20k")',
      "invalid: found no matching overload for 'add' applied to 'kubernetes.Quantity.(string)'",
    ],
  ])('add: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("50k").sub(quantity("20k")) == quantity("30k")', 'true'],
    ['quantity("50k").sub(20000) == quantity("30k")', 'true'],
    ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000) == quantity("20")', 'true'],
  ])('sub: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("150Mi").isGreaterThan(quantity("100Mi"))', 'true'],
    ['quantity("50Mi").isGreaterThan(quantity("100Mi"))', 'false'],
    ['quantity("50Mi").isGreaterThan(quantity("50M"))', 'true'],
  ])('isGreaterThan: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("50M").isLessThan(quantity("100M"))', 'true'],
    ['quantity("100M").isLessThan(quantity("50M"))', 'false'],
  ])('isLessThan: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['quantity("200M").compareTo(quantity("0.2G"))', '0'],
    ['quantity("50M").compareTo(quantity("50Mi"))', '-1'],
    ['quantity("50Mi").compareTo(quantity("50M"))', '1'],
    [
      'quantity("1") < quantity("2")',
      "invalid: found no matching overload for '_<_' applied to '(kubernetes.Quantity, kubernetes.Quantity)'",
    ],
  ])('compareTo: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
