import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('lists', () => {
  test.each([
    ['[1, 2, 2].isSorted()', 'true'],
    ['[2, 1].isSorted()', 'false'],
    ['[].isSorted()', 'true'],
    ['["a", "b"].isSorted()', 'true'],
    ['[1.5, 1.4].isSorted()', 'false'],
    ['[1u, 2u].isSorted()', 'true'],
    ['[false, true].isSorted()', 'true'],
    ['[duration("1s"), duration("2s")].isSorted()', 'true'],
    ['[timestamp(1), timestamp(0)].isSorted()', 'false'],
    ['[b"a", b"b"].isSorted()', 'true'],
    ['object.l.isSorted()', 'true'],
    ['[[1]].isSorted()', "invalid: found no matching overload for 'isSorted' applied to 'list(list(int)).()'"],
  ])('isSorted: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, 2, 3].sum()', '6'],
    ['[1u, 2u].sum()', '3u'],
    ['[1.5, 2.5].sum()', '4.0'],
    ['[duration("1s"), duration("2s")].sum()', 'duration(3s)'],
    ['[].sum()', '0'],
    ['object.l.sum()', '3'],
    ['[9223372036854775807, 1].sum()', 'error: integer overflow'],
    ['["a"].sum()', "invalid: found no matching overload for 'sum' applied to 'list(string).()'"],
    ['object.m.sum()', 'error: no such overload'],
  ])('sum: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[3, 1, 2].min()', '1'],
    ['["b", "a"].min()', '"a"'],
    ['[1.5, -1.5].min()', '-1.5'],
    ['[].min()', 'error: min called on empty list'],
    ['object.l.min()', '1'],
  ])('min: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[3, 1, 2].max()', '3'],
    ['["b", "a"].max()', '"b"'],
    ['[timestamp(0), timestamp(1)].max()', 'timestamp(1970-01-01T00:00:01Z)'],
    ['[b"a", b"b"].max()', 'b"62"'],
    ['[true, false].max()', 'true'],
    ['[0.0, double("NaN")].max()', '0.0'],
    ['[].max()', 'error: max called on empty list'],
  ])('max: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, 2, 2].indexOf(2)', '1'],
    ['[1, 2].indexOf(3)', '-1'],
    ['["a", "b"].indexOf("b")', '1'],
    ['[].indexOf(1)', '-1'],
    ['object.l.indexOf(2)', '1'],
    ['[{"a": 1}].indexOf({"a": 1})', '0'],
  ])('indexOf: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, 2, 2].lastIndexOf(2)', '2'],
    ['[1, 2].lastIndexOf(3)', '-1'],
    ['[].lastIndexOf(1)', '-1'],
  ])('lastIndexOf: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
