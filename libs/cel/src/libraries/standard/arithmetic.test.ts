import { describe, expect, test } from '@jest/globals';
import { answer } from '../../../test/answer.ts';

describe('arithmetic', () => {
  test.each([
    ['1 + 2', '3'],
    ['5 - 7', '-2'],
    ['3 * -4', '-12'],
    ['7 / 2', '3'],
    ['-7 / 2', '-3'],
    ['7 % 3', '1'],
    ['-7 % 3', '-1'],
    ['7 % -3', '1'],
    ['-(3)', '-3'],
    ['--3', '3'],
    ['1 / 0', 'error: division by zero'],
    ['1 % 0', 'error: modulus by zero'],
    ['9223372036854775807 + 1', 'error: integer overflow'],
    ['-9223372036854775808 - 1', 'error: integer overflow'],
    ['9223372036854775807 * 2', 'error: integer overflow'],
    ['-9223372036854775808 / -1', 'error: integer overflow'],
    ['-9223372036854775808 % -1', 'error: integer overflow'],
    ['-(-9223372036854775808)', 'error: integer overflow'],
  ])('int: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['1u + 2u', '3u'],
    ['5u - 2u', '3u'],
    ['2u - 5u', 'error: unsigned integer overflow'],
    ['3u * 4u', '12u'],
    ['7u / 2u', '3u'],
    ['7u % 4u', '3u'],
    ['1u / 0u', 'error: division by zero'],
    ['1u % 0u', 'error: modulus by zero'],
    ['18446744073709551615u + 1u', 'error: unsigned integer overflow'],
    ['-(1u)', "invalid: found no matching overload for '-_' applied to '(uint)'"],
  ])('uint: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['1.5 + 2.0', '3.5'],
    ['1.5 - 2.0', '-0.5'],
    ['1.5 * 2.0', '3.0'],
    ['1.0 / 4.0', '0.25'],
    ['1.0 / 0.0', 'Infinity'],
    ['-1.0 / 0.0', '-Infinity'],
    ['-(1.5)', '-1.5'],
    ['1.5 % 1.0', "invalid: found no matching overload for '_%_' applied to '(double, double)'"],
  ])('double: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"foo" + "bar"', '"foobar"'],
    ['b"ab" + b"c"', 'b"616263"'],
    ['[1] + [2, 3]', '[1, 2, 3]'],
    ['[] + []', '[]'],
    ['"a" + 1', "invalid: found no matching overload for '_+_' applied to '(string, int)'"],
  ])('text, bytes and lists: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['duration("1h") + duration("30m")', 'duration(5400s)'],
    ['duration("1h") - duration("90m")', 'duration(-1800s)'],
    ['timestamp("2024-01-31T00:00:00Z") + duration("24h")', 'timestamp(2024-02-01T00:00:00Z)'],
    ['duration("24h") + timestamp("2024-01-31T00:00:00Z")', 'timestamp(2024-02-01T00:00:00Z)'],
    ['timestamp("2024-01-31T00:00:00Z") - duration("1s")', 'timestamp(2024-01-30T23:59:59Z)'],
    ['timestamp("2024-01-31T00:00:00Z") - timestamp("2024-01-30T00:00:00Z")', 'duration(86400s)'],
    ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', 'error: timestamp overflow'],
    ['timestamp("0001-01-01T00:00:00Z") - duration("1s")', 'error: timestamp overflow'],
    ['duration("2562047h") + duration("1h")', 'error: duration overflow'],
  ])('time: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['object.a + 1', '2'],
    ['object.f + 1.0', '2.5'],
    ['object.f + 1', 'error: no such overload'],
    ['object.s + "x"', '"strx"'],
    ['object.l + [3]', '[1, 2, 3]'],
    ['object.a + object.s', 'error: no such overload'],
    ['-object.s', 'error: no such overload'],
  ])('of dynamic values: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
