import { expect, test } from '@jest/globals';
import { generateKey, parsePrivateKey } from './key.ts';

test('a new key is P-256 and its PEM reads back as the same key', async () => {
  const { privateKey, publicKey, privateKeyPem } = await generateKey();
  expect(privateKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(privateKeyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
  expect(parsePrivateKey(privateKeyPem).equals(privateKey)).toBe(true);
  expect(publicKey.type).toBe('public');
});

test('no two keys are alike', async () => {
  const [first, second] = await Promise.all([generateKey(), generateKey()]);
  expect(first.privateKey.equals(second.privateKey)).toBe(false);
});
