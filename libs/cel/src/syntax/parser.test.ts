import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';
import { parse } from './parser.ts';

describe('literals', () => {
  test.each([
    ['0', '0'],
    ['007', '7'],
    ['0x1F', '31'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775808', 'invalid: invalid int literal'],
    ['-9223372036854775809', 'invalid: invalid int literal'],
    ['1u', '1u'],
    ['0xFFU', '255u'],
    ['18446744073709551616u', 'invalid: invalid uint literal'],
    ['1.5', '1.5'],
    ['.5', '0.5'],
    ['- 1e3', '-1000.0'],
    ['1E-2', '0.01'],
    ['1e400', 'invalid: invalid double literal'],
    [String.raw`"\x41\u00e9\U0001F600\101"`, '"Aé😀A"'],
    [String.raw`'\a\b\f\n\r\t\v\\\'\"\?' == "\a\b\f\n\r\t\v\\'\"?"`, 'true'],
    [String.raw`r"\d" == "\\d"`, 'true'],
    [`'it is "quoted"'`, String.raw`"it is \"quoted\""`],
    ['"""a\n"b"\nc""" == "a\\n\\"b\\"\\nc"', 'true'],
    [String.raw`R'''\'''`, String.raw`"\\"`],
    [String.raw`b"\xff\377é"`, 'b"ffffc3a9"'],
    [String.raw`bR"\x"`, 'b"5c78"'],
    [String.raw`"\z"`, "invalid: Syntax error: invalid escape sequence '\\z'"],
    [String.raw`"\ud800"`, 'invalid: invalid unicode code point'],
    [String.raw`b"\u0041"`, 'invalid: unable to unescape string'],
    ['"abc', `invalid: Syntax error: token recognition error at: '"abc'`],
    ['"a\nb"', `invalid: Syntax error: token recognition error at: '"a'`],
    ['[1, 2,]', '[1, 2]'],
    ['[,]', '[]'],
    ['{"a": 1,}', '{"a": 1}'],
    ['{,}', '{}'],
    ['null', 'null'],
  ])('%s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});

describe('operators', () => {
  test.each([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['2 - 1 - 1', '0'],
    ['8 / 2 / 2', '2'],
    ['1--1', '2'],
    ['---1', '-1'],
    ['!!!true', 'false'],
    ['true || false && false', 'true'],
    ['1 < 2 == true', 'true'],
    ['false ? 1 : true ? 2 : 3', '2'],
    ['true ? false ? 1 : 2 : 3', "invalid: Syntax error: mismatched input '?' expecting ':'"],
    ['true?.5:1.5', '0.5'],
    ['1 in [1] in [true]', 'true'],
    ['"a" in {"a": 1} && !("b" in {"a": 1})', 'true'],
    ['object . l [ 0 ]', '1'],
    ['.object.a', '1'],
    ['1 // comment\n + 2', '3'],
    ['{"a-b": 1}.`a-b`', '1'],
  ])('%s', (expression, wanted) => expect(answer(expression)).toBe(wanted));
});

describe('syntax errors', () => {
  test.each([
    ['', "Syntax error: mismatched input '<EOF>' expecting an expression"],
    ['1 +', "Syntax error: mismatched input '<EOF>' expecting an expression"],
    ['(1', "Syntax error: mismatched input '<EOF>' expecting ')'"],
    ['1)', "Syntax error: mismatched input ')' expecting <EOF>"],
    ['a b', "Syntax error: mismatched input 'b' expecting <EOF>"],
    ['[1, 2', "Syntax error: mismatched input '<EOF>' expecting ','"],
    ['{1}', "Syntax error: mismatched input '}' expecting ':'"],
    ['f(1,)', "Syntax error: mismatched input ')' expecting an expression"],
    ['object.', "Syntax error: mismatched input '<EOF>' expecting IDENTIFIER"],
    ['object.in', "Syntax error: mismatched input 'in' expecting IDENTIFIER"],
    ['true ? 1', "Syntax error: mismatched input '<EOF>' expecting ':'"],
    ['1 = 2', "Syntax error: token recognition error at: '='"],
    ['é', "Syntax error: token recognition error at: 'é'"],
    ['😀', "Syntax error: token recognition error at: '😀'"],
    ['for', 'reserved identifier: for'],
    ['has(object)', 'invalid argument to has() macro'],
    ['has(object["a"])', 'invalid argument to has() macro'],
    ['[1].all(1, true)', 'argument must be a simple name'],
    ['[1].map(x.y, true)', 'argument must be a simple name'],
  ])('%s', (expression, wanted) => expect(answer(expression)).toBe(`invalid: ${wanted}`));
});

describe('limits', () => {
  test.each([
    ['an expression of 100 001 code points', `"${'😀'.repeat(99_999)}"`],
    ['251 levels of parentheses', `${'('.repeat(251)}1${')'.repeat(251)}`],
    ['251 levels of lists', `${'['.repeat(251)}1${']'.repeat(251)}`],
    ['a chain of 501 additions', Array<string>(502).fill('1').join('+')],
    ['a chain of 501 selections', `object${'.a'.repeat(501)}`],
  ])('%s is refused', (_, expression) => {
    expect(() => parse(expression)).toThrow(/limit exceeded|size exceeds limit/);
  });

  test.each([
    ['100 000 code points', `"${'😀'.repeat(99_998)}".size()`],
    ['249 levels of parentheses', `${'('.repeat(249)}1${')'.repeat(249)}`],
    ['a chain of 500 additions', Array<string>(501).fill('1').join('+')],
    ['thousands of alternatives', Array<string>(10_000).fill('false').join('||')],
    ['thousands of elements', `[${'1,'.repeat(40_000)}].size()`],
  ])('%s are not', (_, expression) => {
    expect(answer(expression.slice(0, 100_000))).not.toMatch(/^error/);
  });
});
