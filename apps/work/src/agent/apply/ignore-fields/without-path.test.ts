import { expect, test } from '@jest/globals';
import { parseExact } from '@ocm/kube';
import { withoutPath } from './without-path.ts';

const VALUE = {
  spec: {
    replicas: 3,
    containers: [
      { name: 'a', image: 'x' },
      { name: 'b', image: 'y' },
    ],
  },
  data: { key: 'value' },
};
const withSpec = (spec: object) => ({ ...VALUE, spec: { ...VALUE.spec, ...spec } });
const { containers } = VALUE.spec;

test.each<[string, object]>([
  ['.spec.replicas', { ...VALUE, spec: { containers } }],
  ['.data', { spec: VALUE.spec }],
  ['.spec.containers[*].image', withSpec({ containers: [{ name: 'a' }, { name: 'b' }] })],
  ['.spec.containers[?(@.name=="b")].image', withSpec({ containers: [containers[0], { name: 'b' }] })],
  ['..name', VALUE],
  ['.spec.missing', VALUE],
  ['.missing.deeper', VALUE],
  ['.spec.containers.0', VALUE],
])('[work 23] %s', (path, left) => {
  expect(withoutPath(VALUE, path)).toEqual({ kind: 'removed', value: left });
});

test.each(['replicas', '.spec[.replicas', '.spec.', ''])('%j is malformed', (path) => {
  expect(withoutPath(VALUE, path)).toMatchObject({ kind: 'malformed' });
});

test.each([
  ['.data.a.b', { 'a.b': 1, a: {} }],
  ['.data.a\\.b', { 'a.b': 1, a: { b: 2 } }],
  ["['data']['a.b']", { 'a.b': 1, a: { b: 2 } }],
])('a key with a dot is out of reach of %s', (path, left) => {
  const result = withoutPath({ data: { 'a.b': 1, a: { b: 2 } } }, path);
  expect(result.kind === 'removed' ? result.value : { data: left }).toEqual({ data: left });
});

test('numbers stay as they are written', () => {
  const result = withoutPath(parseExact('{"a":{"b":1,"c":1.0}}'), '.a.b');
  expect(JSON.stringify(result)).toBe('{"kind":"removed","value":{"a":{"c":1.0}}}');
});
