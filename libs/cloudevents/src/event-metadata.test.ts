import { expect, test } from '@jest/globals';
import { parseJsonObject } from './event-metadata.ts';

const lists = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

test('JSON that is nested too deep is refused', () => {
  expect(parseJsonObject(lists(999), 'the payload')).toHaveProperty('a');
  expect(() => parseJsonObject(lists(1000), 'the payload')).toThrow('the payload is nested deeper than 1000');
});

test('brackets in strings do not count', () => {
  const text = JSON.stringify({ a: `"\\${'['.repeat(2000)}`, b: `${'{'.repeat(2000)}\\` });
  expect(parseJsonObject(text, 'the payload')).toEqual(JSON.parse(text));
});
