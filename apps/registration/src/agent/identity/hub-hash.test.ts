import { expect, test } from '@jest/globals';
import { hubHashOf } from './hub-hash.ts';

test('[registration 43] a hub is known by the SHA-256 of its address as it is written', () => {
  expect(hubHashOf('https://hub.example:6443')).toBe(
    '5752eec54596c9e783980dfcc51609e0654205e048ca38e03e73a91533419e15',
  );
  expect(hubHashOf('https://hub.example:6443/')).not.toBe(hubHashOf('https://hub.example:6443'));
});
