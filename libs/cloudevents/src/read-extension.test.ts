import { describe, expect, test } from '@jest/globals';
import { type AttributeValue, integerAttribute, stringAttribute, timestampAttribute } from './event.ts';
import { findInteger, findString, findTimestamp, requireInteger, requireString } from './read-extension.ts';

const TIME = new Date('2024-01-02T03:04:05.000Z');
const having = (value: AttributeValue) => ({ extensions: new Map([['x', value]]) });
const NOTHING = { extensions: new Map<string, AttributeValue>() };

describe('an integer', () => {
  test.each<[AttributeValue, number]>([
    [integerAttribute('x', 7), 7],
    [stringAttribute('7'), 7],
    [stringAttribute('-7'), -7],
    [stringAttribute('1704164645000'), 1_704_164_645_000],
  ])('may be %j', (value, wanted) => {
    expect(findInteger(having(value), 'x')).toBe(wanted);
  });

  test.each<AttributeValue>([
    stringAttribute('7.5'),
    stringAttribute(''),
    stringAttribute('9007199254740993'),
    timestampAttribute(TIME),
  ])('is not %j', (value) => {
    expect(() => findInteger(having(value), 'x')).toThrow(/x is of type .*; allowed is an integer/);
  });

  test.each([2 ** 31, -(2 ** 31) - 1, 1.5])('of %d does not fit an attribute', (value) => {
    expect(() => integerAttribute('x', value)).toThrow(/32 bits/);
  });
});

describe('an instant', () => {
  test.each<AttributeValue>([
    timestampAttribute(TIME),
    stringAttribute('2024-01-02T03:04:05Z'),
    stringAttribute('2024-01-02T04:04:05+01:00'),
  ])('may be %j', (value) => {
    expect(findTimestamp(having(value), 'x')).toEqual(TIME);
  });

  test.each<AttributeValue>([
    stringAttribute('yesterday'),
    stringAttribute('2024-13-01T00:00:00Z'),
    integerAttribute('x', 1),
  ])('is not %j', (value) => {
    expect(() => findTimestamp(having(value), 'x')).toThrow(/an instant/);
  });
});

test('a string is nothing but a string', () => {
  expect(findString(having(stringAttribute('')), 'x')).toBe('');
  expect(() => findString(having(integerAttribute('x', 1)), 'x')).toThrow(/of type integer; allowed is a string/);
});

test('what is not there is undefined, or an error where it is needed', () => {
  expect([findString(NOTHING, 'x'), findInteger(NOTHING, 'x'), findTimestamp(NOTHING, 'x')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(() => requireString(NOTHING, 'x')).toThrow('extension attribute x is missing');
  expect(() => requireInteger(NOTHING, 'x')).toThrow('extension attribute x is missing');
});
