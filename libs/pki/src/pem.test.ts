import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { decodePem, encodePem } from './pem.ts';

test('blocks survive encoding and decoding, in order', () => {
  const block = fc.record({
    type: fc.constantFrom('CERTIFICATE', 'EC PRIVATE KEY', 'X509 CRL'),
    der: fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 4 }), (blocks) => {
      expect(decodePem(blocks.map(({ type, der }) => encodePem(type, der)).join('text between\n'))).toEqual(blocks);
    }),
  );
});

test('lines are at most 64 characters long and the text ends in a line break', () => {
  const text = encodePem('DATA', Buffer.alloc(100));
  expect(text.endsWith('-----END DATA-----\n')).toBe(true);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(64);
});
