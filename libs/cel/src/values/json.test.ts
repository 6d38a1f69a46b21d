import { describe, expect, test } from '@jest/globals';
import { answer } from '../../test/answer.ts';

/** As exact reading leaves it (work 22): the text of a number that would be written back in another form. */
const raw = (text: string): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);

describe('numbers of JSON documents', () => {
  test.each([
    [1, 'int', '1'],
    [-0, 'int', '0'],
    [1.5, 'double', '1.5'],
    [2 ** 53, 'int', '9007199254740992'],
    [1e21, 'double', '1e+21'],
    [raw('1.0'), 'double', '1.0'],
    [raw('1e3'), 'double', '1000.0'],
    [raw('-0'), 'int', '0'],
    [raw('9007199254740993'), 'int', '9007199254740993'],
    [raw('9223372036854775807'), 'int', '9223372036854775807'],
    [raw('-9223372036854775808'), 'int', '-9223372036854775808'],
    [raw('9223372036854775808'), 'double', '9223372036854776000.0'],
    [raw('1E400'), 'double', 'Infinity'],
  ])('[work 22] %p is a(n) %s', (number, type, value) => {
    expect(answer('[string(type(object.x) == int), object.x]', { object: { x: number } })).toBe(
      `["${type === 'int'}", ${value}]`,
    );
  });

  test('int and double that are equal are the same in comparisons and as keys', () => {
    expect(answer('object.x == 1 && object.x == 1.0 && {1: "a"}[object.x] == "a"', { object: { x: raw('1.0') } })).toBe(
      'true',
    );
  });

  test('arithmetic keeps to the type that a document has', () => {
    expect(answer('object.x + 1', { object: { x: 1 } })).toBe('2');
    expect(answer('object.x + 1', { object: { x: raw('1.0') } })).toBe('error: no such overload');
    expect(answer('object.x + 1.0', { object: { x: raw('1.0') } })).toBe('2.0');
  });
});

describe('objects and arrays of JSON documents', () => {
  test.each([
    ['object', '{"a": null, "l": [1, "x", {"b": true}]}'],
    ['object.l[2].b', 'true'],
    ['size(object)', '2'],
    ['object.map(k, k)', '["a", "l"]'],
    ['has(object.a)', 'true'],
    ['has(object.gone)', 'false'],
    ['object.gone', 'error: no such key: gone'],
    ['"gone" in object', 'false'],
    ['object == {"a": null, "l": [1, "x", {"b": true}]}', 'true'],
  ])('%s', (expression, wanted) => {
    expect(answer(expression, { object: { a: null, gone: undefined, l: [1, 'x', { b: true }] } })).toBe(wanted);
  });

  test('what every object inherits is not a member', () => {
    expect(answer('has(object.toString) || has(object.__proto__) || has(object.constructor)', { object: {} })).toBe(
      'false',
    );
  });

  test('an own member may have any name', () => {
    const object: unknown = JSON.parse('{"__proto__": 1, "rawJSON": "2", "constructor": 3}');
    expect(answer('[object["__proto__"], object.rawJSON, object.constructor]', { object })).toBe('[1, "2", 3]');
  });
});
