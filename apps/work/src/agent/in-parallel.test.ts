import { expect, test } from '@jest/globals';
import { inParallel } from './in-parallel.ts';

test('results keep the order of the items, and only some run at once', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel(
    Array.from({ length: 30 }, (_, index) => index),
    async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return item * 2;
    },
  );
  expect(results).toEqual(Array.from({ length: 30 }, (_, index) => index * 2));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(30);
});

test('the first failure ends it', async () => {
  await expect(
    inParallel([1, 2], (item) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item))),
  ).rejects.toThrow('two');
});
