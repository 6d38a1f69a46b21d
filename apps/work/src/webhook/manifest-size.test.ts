import { expect, test } from '@jest/globals';
import { sizeOfManifests } from './manifest-size.ts';

const review = (...manifests: readonly string[]): string =>
  `{"request":{"oldObject":{"spec":{"manifests":[{}]}},"object":{"spec":{"manifests":[${manifests.join(', ')}]}}}}`;
const size = (...manifests: readonly string[]): number =>
  sizeOfManifests(review(...manifests), { path: ['spec', 'manifests'], count: manifests.length, limitBytes: 1 });
/** A manifest of so many bytes. */
const ofBytes = (bytes: number): string => JSON.stringify({ a: 'x'.repeat(bytes - 8) });

test.each([
  [[ofBytes(127)], 127 + 2],
  [[ofBytes(128)], 128 + 3],
  [[ofBytes(16_383)], 16_383 + 3],
  [[ofBytes(16_384)], 16_384 + 4],
  [[ofBytes(20), ofBytes(200)], 22 + 203],
  [['{ "a": 1.0 }'], 12 + 2],
  [['{"a":"\\u003c"}'], 14 + 2],
  [['{"a":"ü"}'], 10 + 2],
  [[], 0],
])('what is written counts, with a tag and its length: %#', (manifests, bytes) => {
  expect(size(...manifests)).toBe(bytes);
});

test('a review that is smaller than the limit is not looked at closely', () => {
  const text = review(ofBytes(100));
  const limitBytes = text.length + 100;
  const bytes = sizeOfManifests(text, { path: ['spec', 'manifests'], count: 1, limitBytes });
  expect(bytes).toBeGreaterThanOrEqual(size(ofBytes(100)));
  expect(bytes).toBeLessThanOrEqual(limitBytes);
});
