import { expect, test } from '@jest/globals';
import { array, assert, constantFrom, dictionary, jsonValue, property, string } from 'fast-check';
import { writtenElements } from './written-elements.ts';

test.each<[string, string, readonly string[]]>([
  [
    'every form',
    '{"a":[1.0, "x\\u003c,]" ,{"b" : [ ]}, [[1],{}], null,-2e3]}',
    ['1.0', '"x\\u003c,]"', '{"b" : [ ]}', '[[1],{}]', 'null', '-2e3'],
  ],
  ['escaped quotes and backslashes', '{"a":["\\\\","\\"]", "\\\\\\""]}', ['"\\\\"', '"\\"]"', '"\\\\\\""']],
  ['names before it', ' {"b":{"a":[1]}, "\\u0061" : [2] } ', ['2']],
  ['an empty list', '{"a":[ ]}', []],
  ['no list', '{"a":{"0":1}}', []],
  ['no such member', '{"b":[1]}', []],
  ['no object', '[1]', []],
])('%s', (_what, text, elements) => {
  expect(writtenElements(text, ['a'])).toEqual(elements);
});

test('the elements are those that the parser finds, whatever the layout', () => {
  assert(
    property(
      array(jsonValue()),
      dictionary(string(), jsonValue()),
      constantFrom(undefined, 1, '\t', '\n '),
      (list, others, indent) => {
        delete others['x'];
        const text = JSON.stringify({ ...others, x: { y: [others], z: list } }, undefined, indent);
        expect(writtenElements(text, ['x', 'z']).map((element) => JSON.parse(element) as unknown)).toEqual(
          JSON.parse(JSON.stringify(list)),
        );
      },
    ),
  );
});

test('a text that ends too early is an error, not an endless search', () => {
  expect(() => writtenElements('{"a":[{"b":', ['a'])).toThrow(SyntaxError);
});
