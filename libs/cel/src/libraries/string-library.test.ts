import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('string extensions', () => {
  test.each([
    ['"abc".charAt(0)', '"a"'],
    ['"abc".charAt(3)', '""'],
    ['"abc".charAt(4)', 'error: index out of range: 4'],
    ['"abc".charAt(-1)', 'error: index out of range: -1'],
    ['"a😀c".charAt(1)', '"😀"'],
    ['"a😀c".charAt(2)', '"c"'],
  ])('charAt: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abcb".indexOf("b")', '1'],
    ['"abcb".indexOf("b", 2)', '3'],
    ['"abcb".indexOf("x")', '-1'],
    ['"abc".indexOf("")', '0'],
    ['"abc".indexOf("", 2)', '2'],
    ['"abc".indexOf("a", -1)', 'error: index out of range: -1'],
    ['"abc".indexOf("a", 3)', '-1'],
    ['"abc".indexOf("a", 30)', '-1'],
    ['"a😀c".indexOf("c")', '2'],
  ])('indexOf: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abcb".lastIndexOf("b")', '3'],
    ['"abcb".lastIndexOf("b", 2)', '1'],
    ['"abcb".lastIndexOf("b", 3)', '3'],
    ['"abc".lastIndexOf("")', '3'],
    ['"abc".lastIndexOf("x")', '-1'],
    ['"abc".lastIndexOf("a", -1)', 'error: index out of range: -1'],
    ['"abc".lastIndexOf("a", 30)', '-1'],
    ['"a😀c".lastIndexOf("c")', '2'],
  ])('lastIndexOf: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"TacoCat".lowerAscii()', '"tacocat"'],
    ['"ÀB".lowerAscii()', '"Àb"'],
  ])('lowerAscii: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"TacoCat".upperAscii()', '"TACOCAT"'],
    ['"àb".upperAscii()', '"àB"'],
  ])('upperAscii: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"wello wello".replace("we", "he")', '"hello hello"'],
    ['"wello wello".replace("we", "he", 1)', '"hello wello"'],
    ['"wello wello".replace("we", "he", 0)', '"wello wello"'],
    ['"wello wello".replace("we", "he", -1)', '"hello hello"'],
    ['"abc".replace("", "-")', '"-a-b-c-"'],
    ['"abc".replace("", "-", 2)', '"-a-bc"'],
    ['"a😀".replace("", "-")', '"-a-😀-"'],
    ['"abc".replace("b", "$&")', '"a$&c"'],
  ])('replace: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"a,b,c".split(",")', '["a", "b", "c"]'],
    ['"a,b,c".split(",", 2)', '["a", "b,c"]'],
    ['"a,b,c".split(",", 1)', '["a,b,c"]'],
    ['"a,b,c".split(",", 0)', '[]'],
    ['"a,b,c".split(",", -1)', '["a", "b", "c"]'],
    ['"a,b,c".split(",", 9)', '["a", "b", "c"]'],
    ['"a😀".split("")', '["a", "😀"]'],
    ['"".split(",")', '[""]'],
    ['"abc".split(",")', '["abc"]'],
  ])('split: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abc".substring(1)', '"bc"'],
    ['"abc".substring(1, 2)', '"b"'],
    ['"abc".substring(3)', '""'],
    ['"abc".substring(0, 3)', '"abc"'],
    ['"abc".substring(4)', 'error: index out of range: 4'],
    ['"abc".substring(-1)', 'error: index out of range: -1'],
    ['"abc".substring(1, 4)', 'error: index out of range: 4'],
    ['"abc".substring(2, 1)', 'error: invalid substring range. start: 2, end: 1'],
    ['"a😀c".substring(1, 2)', '"😀"'],
  ])('substring: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['" \\t\\n a b \\r\\n".trim()', '"a b"'],
    ['"\\u00a0\\u0085a\\u3000".trim()', '"a"'],
    ['"  ".trim()', '""'],
  ])('trim: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['["a", "b"].join()', '"ab"'],
    ['["a", "b"].join(", ")', '"a, b"'],
    ['[].join(",")', '""'],
    ['object.l.join(",")', 'error: join: invalid input of type int'],
    ['[1].join(",")', "invalid: found no matching overload for 'join' applied to 'list(int).(string)'"],
  ])('join: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abc".reverse()', '"cba"'],
    ['"a😀".reverse()', '"😀a"'],
    ['"".reverse()', '""'],
  ])('reverse: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    [
      'strings.quote("a\\"b\\\\c\\n\\t\\r\\f\\v\\b\\a")',
      '"\\"a\\\\\\"b\\\\\\\\c\\\\n\\\\t\\\\r\\\\f\\\\v\\\\b\\\\a\\""',
    ],
    ['strings.quote("é😀")', '"\\"é😀\\""'],
  ])('strings.quote: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
