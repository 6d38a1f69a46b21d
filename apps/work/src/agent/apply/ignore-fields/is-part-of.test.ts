import { expect, test } from '@jest/globals';
import { parseExact } from '@ocm/kube';
import { isPartOf } from './is-part-of.ts';

const WHOLE = parseExact('{"a":1e3,"b":[{"x":1,"y":2},{"x":3}],"c":"text","d":null,"e":true}');

test.each(['{}', '{"a":1E+3}', '{"b":[{"x":3}]}', '{"b":[{"y":2},{}]}', '{"b":[],"c":"text","d":null,"e":true}'])(
  '%s is what is left',
  (part) => {
    expect(isPartOf(parseExact(part), WHOLE)).toBe(true);
  },
);

test.each([
  '{"a":1001}',
  '{"a":"1000"}',
  '{"b":[{"x":3},{"x":1}]}',
  '{"b":[{"x":1},{"x":3},{}]}',
  '{"b":{}}',
  '{"c":"other"}',
  '{"d":false}',
  '{"f":1}',
  '{"toString":null}',
  '[]',
])('%s is something else', (other) => {
  expect(isPartOf(parseExact(other), WHOLE)).toBe(false);
});
