import { expect, test } from '@jest/globals';
import { rateLimit } from './rate-limit.ts';

test.each([
  [50, 100, undefined],
  [50, 101, { perSecond: 50, burst: 101 }],
  [5, 100, { perSecond: 5, burst: 100 }],
  [0.5, 1, { perSecond: 0.5, burst: 1 }],
])('qps %d, burst %d -> %j', (qps, burst, want) => {
  expect(rateLimit(qps, burst)).toEqual(want);
});
