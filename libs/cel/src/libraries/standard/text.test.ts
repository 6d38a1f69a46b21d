import { describe, expect, test } from '@jest/globals';
import { answer } from '../../../test/answer.ts';

describe('standard functions on text', () => {
  test.each([
    ['"abc".contains("b")', 'true'],
    ['"abc".contains("")', 'true'],
    ['"abc".contains("d")', 'false'],
    ['"abc".contains(1)', "invalid: found no matching overload for 'contains' applied to 'string.(int)'"],
    ['object.s.contains("t")', 'true'],
    ['object.a.contains("t")', 'error: no such overload'],
  ])('contains: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abc".startsWith("ab")', 'true'],
    ['"abc".startsWith("")', 'true'],
    ['"abc".startsWith("b")', 'false'],
  ])('startsWith: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abc".endsWith("bc")', 'true'],
    ['"abc".endsWith("")', 'true'],
    ['"abc".endsWith("b")', 'false'],
  ])('endsWith: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));

  test.each([
    ['"abc".matches("b")', 'true'],
    ['"abc".matches("^b")', 'false'],
    ['"abc".matches("^[a-c]+$")', 'true'],
    ['matches("abc", "a.c")', 'true'],
    ['"a\\nc".matches("a.c")', 'false'],
    ['"a\\nc".matches("(?s)a.c")', 'true'],
    ['"ABC".matches("(?i)abc")', 'true'],
    ['"é".matches("^\\\\pL$")', 'true'],
    ['"😀".matches("^.$")', 'true'],
    ['"abc".matches("")', 'true'],
    ['"a".matches("(")', 'unbuildable: error parsing regexp: missing closing ): `(`'],
    ['"a".matches("(?=a)")', 'unbuildable: error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['"a".matches("\\\\1")', 'unbuildable: error parsing regexp: invalid escape sequence: `\\1`'],
    ['object.s.matches("x" + "(")', 'error: error parsing regexp: missing closing ): `x(`'],
    ['object.s.matches("s" + "tr")', 'true'],
  ])('matches: %s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});
