import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('optional types', () => {
  test.each([
    ['optional.of(1)', 'optional(1)'],
    ['optional.none()', 'optional.none'],
    ['optional.ofNonZeroValue(0)', 'optional.none'],
    ['optional.ofNonZeroValue("")', 'optional.none'],
    ['optional.ofNonZeroValue([])', 'optional.none'],
    ['optional.ofNonZeroValue({})', 'optional.none'],
    ['optional.ofNonZeroValue(null)', 'optional.none'],
    ['optional.ofNonZeroValue(0u)', 'optional.none'],
    ['optional.ofNonZeroValue(0.0)', 'optional.none'],
    ['optional.ofNonZeroValue(false)', 'optional.none'],
    ['optional.ofNonZeroValue(b"")', 'optional.none'],
    ['optional.ofNonZeroValue(duration("0s"))', 'optional.none'],
    ['optional.ofNonZeroValue(1)', 'optional(1)'],
  ])('made: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['optional.of(1).hasValue()', 'true'],
    ['optional.none().hasValue()', 'false'],
    ['optional.of(1).value()', '1'],
    ['optional.none().value()', 'error: optional.none() dereference'],
    ['optional.of(1).orValue(2)', '1'],
    ['optional.none().orValue(2)', '2'],
    ['optional.of(1).orValue(object.zz)', '1'],
    ['optional.of(1).or(optional.of(2))', 'optional(1)'],
    ['optional.none().or(optional.of(2))', 'optional(2)'],
    ['optional.none().or(2)', "invalid: found no matching overload for 'or' applied to 'optional_type(dyn).(int)'"],
    ['object.a.value()', 'error: no such overload'],
  ])('read: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['object.?a', 'optional(1)'],
    ['object.?zz', 'optional.none'],
    ['object.?m.k', 'optional("v")'],
    ['object.?m.zz', 'optional.none'],
    ['object.?zz.k', 'optional.none'],
    ['object.?s.k', 'optional.none'],
    ['object.?l.k', "error: unsupported index type 'string' in list"],
    ['object[?"a"]', 'optional(1)'],
    ['object[?"zz"]', 'optional.none'],
    ['object.l[?0]', 'optional(1)'],
    ['object.l[?5]', 'optional.none'],
    ['object.l[?"a"]', "error: unsupported index type 'string' in list"],
    ['{"a": 1}[?"a"]', 'optional(1)'],
    ['{"a": 1}[?"b"]', 'optional.none'],
    ['[1, 2][?1]', 'optional(2)'],
    ['[1, 2][?2]', 'optional.none'],
    ['optional.of({"a": 1}).a', 'optional(1)'],
    ['optional.of({"a": 1})["a"]', 'optional(1)'],
    ['optional.of({"a": 1})[?"b"]', 'optional.none'],
    ['optional.of([1])[0]', 'optional(1)'],
    ['optional.of([1])[?3]', 'optional.none'],
    ['optional.none().a', 'optional.none'],
    ['has(optional.of({"a": 1}).a)', 'true'],
  ])('selected: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[?object.?a, ?object.?zz, 3]', '[1, 3]'],
    ['{?"a": object.?a, ?"b": object.?zz}', '{"a": 1}'],
    ['[?1]', "invalid: expected type 'optional_type(int)' but found 'int'"],
    ['{?"a": 1}', "invalid: expected type 'optional_type(int)' but found 'int'"],
    ['[?dyn(1)]', 'error: cannot initialize optional list element from non-optional value of type int'],
  ])('in literals: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['optional.of(1).optMap(x, x + 1)', 'optional(2)'],
    ['optional.none().optMap(x, x + 1)', 'optional.none'],
    ['optional.of(1).optMap(x, object.zz)', 'error: no such key: zz'],
    ['(1).optMap(x, x)', "invalid: found no matching overload for 'hasValue' applied to 'int.()'"],
    ['optional.of(1).optMap(1, 2)', 'invalid: optMap() variable name must be a simple identifier'],
  ])('optMap: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['optional.of(1).optFlatMap(x, optional.of(x + 1))', 'optional(2)'],
    ['optional.of(1).optFlatMap(x, optional.none())', 'optional.none'],
    ['optional.none().optFlatMap(x, optional.of(x))', 'optional.none'],
    ['object.?m.optFlatMap(m, m.?k)', 'optional("v")'],
    [
      'optional.of(1).optFlatMap(x, x)',
      "invalid: found no matching overload for '_?_:_' applied to '(bool, int, optional_type(dyn))'",
    ],
  ])('optFlatMap: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, 2].first()', 'optional(1)'],
    ['[1, 2].last()', 'optional(2)'],
    ['[].first()', 'optional.none'],
    ['[].last()', 'optional.none'],
    ['optional.unwrap([optional.of(1), optional.none(), optional.of(3)])', '[1, 3]'],
    ['[optional.of(1), optional.none()].unwrapOpt()', '[1]'],
    ['optional.unwrap([dyn(1)])', 'error: value of type int is not optional'],
  ])('of lists: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
