import { expect, test } from '@jest/globals';
import { withoutPointer } from './json-pointer.ts';

const VALUE = { spec: { replicas: 3, list: ['a', 'b'] }, 'a/b': 1, 'm~n': 2, '': { x: 1 } };

test.each([
  ['/spec/replicas', { ...VALUE, spec: { list: ['a', 'b'] } }],
  ['/spec/list/0', { ...VALUE, spec: { replicas: 3, list: ['b'] } }],
  ['/a~1b', { spec: VALUE.spec, 'm~n': 2, '': { x: 1 } }],
  ['/m~0n', { spec: VALUE.spec, 'a/b': 1, '': { x: 1 } }],
  ['//x', { ...VALUE, '': {} }],
  ['/spec', { 'a/b': 1, 'm~n': 2, '': { x: 1 } }],
])('[work 23] %s takes away what it points at', (pointer, left) => {
  expect(withoutPointer(VALUE, pointer)).toEqual(left);
});

test('a key with a dot can be named', () => {
  expect(withoutPointer({ data: { 'a.b': 1, a: { b: 1 } } }, '/data/a.b')).toEqual({ data: { a: { b: 1 } } });
});

test.each([
  '/spec/missing',
  '/missing/deeper',
  '/spec/replicas/deeper',
  '/spec/list/7/deeper',
  'spec/replicas',
  '',
  '/constructor',
])('%j points at nothing: the same value is returned', (pointer) => {
  expect(withoutPointer(VALUE, pointer)).toBe(VALUE);
});

test.each([
  ['/spec/list/2', 'the list has 2 items, none at index 2'],
  ['/spec/list/-', '"-" is not the index of an item of a list'],
  ['/spec/list/name', '"name" is not the index of an item of a list'],
])('%s is an error, because a list has no such item', (pointer, message) => {
  expect(() => withoutPointer(VALUE, pointer)).toThrow(message);
});
