import { expect, test } from '@jest/globals';
import { isAtLeast } from './inspector.ts';

test.each([
  ['5', '5', true],
  ['6', '5', true],
  ['10', '9', true],
  ['9', '10', false],
  ['123456789012345678901', '123456789012345678900', true],
  ['abc', 'abc', true],
  ['abd', 'abc', false],
])('version %s is at least %s: %s', (version, other, answer) => {
  expect(isAtLeast(version, other)).toBe(answer);
});
