import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

describe('regular expressions', () => {
  test.each([
    ['"abc 123".find("[0-9]+")', '"123"'],
    ['"abc 123".find("xyz")', '""'],
    ['"abc 123".find("[0-9]*")', '""'],
    ['"abc".find("(a)(b)")', '"ab"'],
    ['"aab".find("a*?b")', '"aab"'],
    ['"a\\nb".find("(?m)^b")', '"b"'],
    ['"a".find("(")', 'unbuildable: error parsing regexp: missing closing ): `(`'],
    ['object.s.find("t" + "r")', '"tr"'],
    ['object.s.find("t" + "(")', 'error: Illegal regex: error parsing regexp: missing closing ): `t(`'],
    ['object.a.find("a")', 'error: no such overload'],
  ])('find: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"123 abc 456".findAll("[0-9]+")', '["123", "456"]'],
    ['"123 abc 456".findAll("[0-9]+", 1)', '["123"]'],
    ['"123 abc 456".findAll("[0-9]+", 0)', '[]'],
    ['"123 abc 456".findAll("[0-9]+", -1)', '["123", "456"]'],
    ['"123 abc 456".findAll("xyz")', '[]'],
    ['"abc 123".findAll("[0-9]*")', '["", "", "", "", "123"]'],
    ['"aaa".findAll("a*")', '["aaa"]'],
    ['"baac".findAll("a*")', '["", "aa", ""]'],
    ['"日本😀".findAll(".")', '["日", "本", "😀"]'],
    ['"日本".findAll("")', '["", "", ""]'],
    ['"a".findAll("[")', 'unbuildable: error parsing regexp: missing closing ]: `[`'],
  ])('findAll: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
