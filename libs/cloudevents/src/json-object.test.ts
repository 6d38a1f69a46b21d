import { expect, test } from '@jest/globals';
import { integerAttribute, stringAttribute } from './event.ts';
import { countJsonValues, parseJsonObject } from './json-object.ts';

const list = (values: number): string => `{"a":[${Array.from({ length: values }, () => '1.0').join(',')}]}`;
const lists = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

test('JSON that is nested too deep is refused', () => {
  expect(parseJsonObject(lists(999), 'the payload')).toHaveProperty('a');
  expect(() => parseJsonObject(lists(1000), 'the payload')).toThrow('the payload is nested deeper than 1000');
});

test('brackets in strings do not count', () => {
  const text = JSON.stringify({ a: `"\\${'['.repeat(2000)}`, b: `${'{'.repeat(2000)}\\` });
  expect(parseJsonObject(text, 'the payload')).toEqual(JSON.parse(text));
});

test('JSON of too many values is refused, whatever they are', () => {
  expect(parseJsonObject(list(100_000), 'the payload')).toHaveProperty('a');
  expect(() => parseJsonObject(list(250_000), 'the payload')).toThrow('the payload has more than 250000 values');
  expect(() => parseJsonObject(list(10), 'the payload', { mostValues: 9 })).toThrow('more than 9 values');
});

test.each([
  { data: undefined, values: 0 },
  { data: '{}', values: 2 },
  { data: '{"a":[1,2,{"b":"x,y,[z]"}]}', values: 6 },
  { data: 'no JSON, not at all', values: 2 },
])('the values of $data are counted as $values', ({ data, values }) => {
  const payload = data === undefined ? {} : { data: Buffer.from(data) };
  expect(countJsonValues({ ...payload, extensions: new Map() })).toBe(values);
});

test('what attributes hold is counted as well', () => {
  const metadata = stringAttribute('{"labels":{"a":"b","c":"d"}}');
  const extensions = new Map([
    ['metadata', metadata],
    ['resourceversion', integerAttribute('resourceversion', 7)],
  ]);
  expect(countJsonValues({ extensions })).toBe(4);
});
