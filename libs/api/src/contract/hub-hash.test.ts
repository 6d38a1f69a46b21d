import { expect, test } from '@jest/globals';
import { appliedWorkName, hubHash, managedNamespaceLabel } from './hub-hash.ts';

const DIGEST = '3f786850e387550fdab836ed7e6dc881de23001b6f1d0f1e2f4a8c7f0d9f2b11';

test('names made with a hub hash', () => {
  expect(appliedWorkName(hubHash(DIGEST), 'web')).toBe(`${DIGEST}-web`);
  expect(managedNamespaceLabel(hubHash(DIGEST))).toBe(`clusterset.open-cluster-management.io/${DIGEST.slice(0, 63)}`);
});

test.each(['', 'abc', DIGEST.toUpperCase(), `${DIGEST}0`, DIGEST.replace('3', 'g')])('%j is not a hub hash', (text) => {
  expect(() => hubHash(text)).toThrow('64 lower-case hex digits');
});
