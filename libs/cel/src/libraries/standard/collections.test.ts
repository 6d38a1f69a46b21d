import { describe, expect, test } from '@jest/globals';
import { answer } from '../../../test/answer.ts';

describe('size, elements, logic and choice', () => {
  test.each([
    ['size("abc")', '3'],
    ['"abc".size()', '3'],
    ['size("é😀")', '2'],
    ['size([1, 2])', '2'],
    ['[1, 2].size()', '2'],
    ['size({"a": 1})', '1'],
    ['{"a": 1}.size()', '1'],
    ['size(b"abc")', '3'],
    ['size(b"é")', '2'],
    ['size(object.m)', '1'],
    ['size(object.a)', 'error: no such overload'],
    ['size(1)', "invalid: found no matching overload for 'size' applied to '(int)'"],
  ])('size: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, 2][1]', '2'],
    ['[1, 2][2]', 'error: index out of bounds: 2'],
    ['[1, 2][-1]', 'error: index out of bounds: -1'],
    ['{"a": 1}["a"]', '1'],
    ['{"a": 1}["b"]', 'error: no such key: b'],
    ['{"a": 1}.a', '1'],
    ['{"a": 1}.b', 'error: no such key: b'],
    ['{1: "x"}[1]', '"x"'],
    ['object.l[0]', '1'],
    ['object.l[5]', 'error: index out of bounds: 5'],
    ['object.l[1.0]', '2'],
    ['object.l[1.5]', 'error: unsupported index value 1.5 in list'],
    ['object.l[1u]', '2'],
    ['object.l["a"]', "error: unsupported index type 'string' in list"],
    ['object.m["k"]', '"v"'],
    ['object.m[1]', 'error: no such key: 1'],
    ['object["zz"]', 'error: no such key: zz'],
    ['object.s.x', 'error: no such key: x'],
    ['object.l.x', "error: unsupported index type 'string' in list"],
    ['object.n.x', 'error: no such key: x'],
    ['[1, 2]["a"]', "invalid: found no matching overload for '_[_]' applied to '(list(int), string)'"],
  ])('elements: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['has(object.a)', 'true'],
    ['has(object.zz)', 'false'],
    ['has(object.n)', 'true'],
    ['has(object.m.k)', 'true'],
    ['has(object.zz.k)', 'error: no such key: zz'],
    ['has(object.s.k)', 'false'],
    ['has({"a": null}.a)', 'true'],
  ])('presence: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['true && false', 'false'],
    ['true && true', 'true'],
    ['false || true', 'true'],
    ['!true', 'false'],
    ['!!true', 'true'],
    ['true && object.a', 'error: no such overload'],
    ['false && object.a', 'false'],
    ['object.a && false', 'false'],
    ['object.a || true', 'true'],
    ['object.a || false', 'error: no such overload'],
    ['object.zz || true', 'true'],
    ['object.zz && true', 'error: no such key: zz'],
    ['object.a ? 1 : 2', 'error: no such overload'],
    ['true ? 1 : 2', '1'],
    ['false ? 1 : 2', '2'],
    ['true ? 1 : object.zz', '1'],
    ['false ? object.zz : 2', '2'],
  ])('logic: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, 2].all(x, x > 0)', 'true'],
    ['[1, 2].all(x, x > 1)', 'false'],
    ['[].all(x, x > 1)', 'true'],
    ['[1, 2].all(x, object.l[x] > 1)', 'error: index out of bounds: 2'],
    ['[1, 2].exists(x, x > 1)', 'true'],
    ['[1, 2].exists(x, x > 2)', 'false'],
    ['[].exists(x, true)', 'false'],
    ['[1, 2].exists(x, object.l[x] > 1)', 'true'],
    ['[1, 2].exists(x, object.l[x] > 2)', 'error: index out of bounds: 2'],
    ['[1, 2, 2].exists_one(x, x == 1)', 'true'],
    ['[1, 2, 2].exists_one(x, x == 2)', 'false'],
    ['[1, 2].exists_one(x, object.l[x] > 1)', 'error: index out of bounds: 2'],
    ['[1, 2, 3].filter(x, x != 2)', '[1, 3]'],
    ['[1, 2].map(x, x * 2)', '[2, 4]'],
    ['[1, 2, 3].map(x, x > 1, x * 2)', '[4, 6]'],
    ['{"a": 1, "b": 2}.map(k, k)', '["a", "b"]'],
    ['{"a": 1}.all(k, k == "a")', 'true'],
    ['object.m.exists(k, object.m[k] == "v")', 'true'],
    ['object.a.all(x, true)', "error: got 'int', expected iterable type"],
    [
      '"abc".all(x, true)',
      "invalid: expression of type 'string' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ['[1].map(x, [2].map(y, x + y))', '[[3]]'],
    ['[1].map(x, [2].map(x, x))', '[[2]]'],
    ['[1].map(object, object)', '[1]'],
    ['[1, 2].filter(x, 1)', "invalid: found no matching overload for '_?_:_' applied to '(int, list(int), list(int))'"],
    ['[1].all(x, object.a)', 'error: no such overload'],
    ['[1].filter(x, object.a)', 'error: no such overload'],
  ])('loops: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['[1, "a", null]', '[1, "a", null]'],
    ['{"a": 1, 2: "b", true: null, 3u: 1.5}', '{"a": 1, 2: "b", 3u: 1.5, true: null}'],
    ['{"a": 1, "a": 2}', '{"a": 2}'],
    ['{1.5: 1}', '{1.5: 1}'],
    ['{[1]: 2}', "error: unsupported key type 'list' in map"],
  ])('literals: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
