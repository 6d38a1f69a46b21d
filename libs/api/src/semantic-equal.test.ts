import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readCrds, type Schema } from '../generate/crd-schema.ts';
import { crdDirectory } from './crd-directory.ts';
import { semanticEqual } from './semantic-equal.ts';

test.each([
  [undefined, undefined],
  [undefined, null],
  [undefined, []],
  [null, []],
  [{}, {}],
  [{ a: undefined }, {}],
  [{ a: null }, {}],
  [{ a: [] }, {}],
  [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ],
  [{ a: [{ b: null }] }, { a: [{}] }],
  [{ labels: {} }, {}],
  [{ spec: { nodeSelector: {} } }, { spec: {} }],
  [{ capacity: { cpu: null } }, {}],
])('%j equals %j', (a, b) => {
  expect(semanticEqual(a, b)).toBe(true);
  expect(semanticEqual(b, a)).toBe(true);
});

test.each([
  [undefined, 0],
  [undefined, ''],
  [undefined, false],
  [0, false],
  [1, '1'],
  [[], {}],
  [[1], [1, 2]],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, [1]],
  [{ labels: { a: 'b' } }, {}],
  [{ labelSelector: {} }, {}],
  [{ selectorType: 'LabelSelector', labelSelector: {} }, { selectorType: 'LabelSelector' }],
])('%j differs from %j', (a, b) => {
  expect(semanticEqual(a, b)).toBe(false);
  expect(semanticEqual(b, a)).toBe(false);
});

test('every value equals itself, however deep, and its copy in JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(semanticEqual(value, JSON.parse(JSON.stringify(value)))).toBe(true);
    }),
  );
});

test.each([
  ['{"a":', '}'],
  ['[', ']'],
  ['[{"labels":', '}]'],
])('objects of 20,000 levels of %s are compared', (open, close) => {
  const nested = (leaf: string): unknown => JSON.parse(open.repeat(20_000) + leaf + close.repeat(20_000));
  expect(semanticEqual(nested('"a"'), nested('"a"'))).toBe(true);
  expect(semanticEqual(nested('"a"'), nested('"b"'))).toBe(false);
});

test('it does not matter which value comes first', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(semanticEqual(a, b)).toBe(semanticEqual(b, a));
    }),
  );
});

test('in custom resources, absent and empty are equal for all maps and for no other object', () => {
  const fields = readCrds(crdDirectory()).flatMap(({ schema }) => objectFields(schema));
  const wrong = fields.filter(({ name, isMap }) => semanticEqual({ [name]: {} }, {}) !== isMap);
  expect(wrong).toEqual([]);
  expect(fields.filter(({ isMap }) => isMap).length).toBeGreaterThan(10);
});

function objectFields(schema: Schema): readonly { readonly name: string; readonly isMap: boolean }[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    ...(property.type === 'object' ? [{ name, isMap: property.additionalProperties !== undefined }] : []),
    ...objectFields(property),
  ]);
  return schema.items ? [...below, ...objectFields(schema.items)] : below;
}
