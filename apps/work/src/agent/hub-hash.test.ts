import { expect, test } from '@jest/globals';
import { hubHashOf } from './hub-hash.ts';

test('the hash is that of the address exactly as written', () => {
  // printf %s https://hub.example.com:6443 | sha256sum
  expect(hubHashOf('https://hub.example.com:6443')).toBe(
    'badbd4de19b639898c31f168ba913abc5d9e2bbcf25d70e3ee016190492578ae',
  );
  expect(hubHashOf('https://hub.example.com:6443/')).not.toBe(hubHashOf('https://hub.example.com:6443'));
});
