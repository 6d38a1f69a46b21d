import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { parseExact } from '@ocm/kube';
import { aConfigMap } from '@ocm/testing';
import { configSpecHash } from './config-spec-hash.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

test('the test vector of the Go implementation', () => {
  const { apiVersion, kind } = aConfigMap();
  const manifest = { apiVersion, kind, metadata: { name: 'test', namespace: 'default' }, data: { foo1: 'bar1' } };
  expect(configSpecHash(manifest)).toBe('4c07ba481d04e9c38e5ed3bf24139537');
});

// The right column is what fmt.Sprintf("%v") gives for the numbers that Kubernetes decodes.
test.each([
  ['0', '0'],
  ['-0', '0'],
  ['1.0', '1'],
  ['1.5', '1.5'],
  ['1e3', '1000'],
  ['100000.0', '100000'],
  ['999999.5', '999999.5'],
  ['1000000', '1000000'],
  ['1000000.0', '1e+06'],
  ['123456789.125', '1.23456789125e+08'],
  ['-1234567.25', '-1.23456725e+06'],
  ['9007199254740993', '9007199254740993'],
  ['9223372036854775807', '9223372036854775807'],
  ['12345678901234567890', '1.2345678901234567e+19'],
  ['1e21', '1e+21'],
  ['0.0001', '0.0001'],
  ['0.00012345', '0.00012345'],
  ['0.00001', '1e-05'],
  ['5e-324', '5e-324'],
])('the number %s is rendered as %s', (json, text) => {
  expect(configSpecHash({ n: parseExact(json) })).toBe(md5(`&{map[n:${text}]}`));
});

test('keys are sorted by their bytes, and nothing is quoted', () => {
  const value = { é: 1, z: 2, Z: 3, '\u{1F600}': 4, '\uffff': 5, l: [true, 'x y', {}, null, []] };
  expect(configSpecHash(value)).toBe('3b0c567b7b8b64853c73d4f9f5094cf8');
});
