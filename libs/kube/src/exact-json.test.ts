import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isRawNumber, parseExact } from './exact-json.ts';

describe('parseExact', () => {
  test.each([
    '1.0',
    '-0',
    ' -0 ',
    '1e3',
    '1E+3',
    '0.10',
    '12345678901234567890',
    '-9223372036854775808',
    '[1.0,2]',
    '[2,-0]',
    '{"a":1.50}',
    '{"a" : 1.50}',
    '{"a":{"b":[9007199254740993]}}',
  ])('%s is written back as it was read', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text.replaceAll(' ', ''));
  });

  test('numbers that survive as they are stay numbers', () => {
    const text = '{"a":[0,-1,1.5,-2.25,9007199254740991,1234567890123456]}';
    expect(parseExact(text)).toEqual({ a: [0, -1, 1.5, -2.25, 9007199254740991, 1234567890123456] });
  });

  test('a number in a string is left alone', () => {
    const value = {
      time: '09:00:00.123456Z',
      version: '[1.0, 2.0]',
      digits: '12345678901234567890',
      json: '{"a":1.0}',
    };
    expect(parseExact(JSON.stringify(value))).toEqual(value);
  });

  test('what cannot be a number of JavaScript says so', () => {
    const { a, b } = parseExact('{"a":1.0,"b":1.5}') as { a: unknown; b: unknown };
    expect([isRawNumber(a), isRawNumber(b)]).toEqual([true, false]);
    expect((a as { rawJSON: string }).rawJSON).toBe('1.0');
  });

  test.each(['{"a":-01}', `${'['.repeat(5000)}1.0`])('text that is not JSON is a SyntaxError', (text) => {
    expect(() => parseExact(text)).toThrow(SyntaxError);
  });

  test.each([2000, 5000, 9999, 50_000])('%i levels are read, and a number below them is exact', (levels) => {
    let value = parseExact(nested(levels, '{"a":1.0,"b":"1.0","c":"\\"1.0"}'));
    for (let level = 0; level < levels; level += 1) value = (value as readonly unknown[])[0];
    expect(JSON.stringify(value)).toBe('{"a":1.0,"b":"1.0","c":"\\"1.0"}');
  });

  describe('every text of JSON without white space survives reading and writing', () => {
    const integer = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String);
    const decimal = fc.tuple(fc.integer(), fc.nat(10_000)).map(([whole, fraction]) => `${whole}.${fraction}0`);
    const exponent = fc
      .tuple(fc.nat(99), fc.integer({ min: -30, max: 30 }))
      .map(([digits, power]) => `${digits}e${power}`);
    const leaf = fc.oneof(
      integer,
      decimal,
      exponent,
      fc.string().map((text) => JSON.stringify(text)),
    );
    const { document } = fc.letrec<{ document: string }>((tie) => ({
      document: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('document'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
        // A leading letter: keys that look like array indexes would be reordered.
        fc
          .uniqueArray(fc.tuple(fc.string(), tie('document')), { maxLength: 4, selector: ([key]) => key })
          .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(`k${key}`)}:${value}`).join(',')}}`),
      ),
    }));

    test('as it is', () => {
      fc.assert(
        fc.property(document, (text) => JSON.stringify(parseExact(text)) === text),
        { numRuns: 1000 },
      );
    });

    test('beside something deep', () => {
      const deep = nested(5000, '1.0');
      fc.assert(
        fc.property(document, (text) => {
          const [value] = parseExact(`[${text},${deep}]`) as readonly unknown[];
          return JSON.stringify(value) === text;
        }),
      );
    });
  });
});

function nested(levels: number, leaf: string): string {
  return `${'['.repeat(levels)}${leaf}${']'.repeat(levels)}`;
}
