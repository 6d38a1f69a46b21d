import { expect, test } from '@jest/globals';
import { atOnce } from './at-once.ts';

test('every item is dealt with, and those that failed are named', async () => {
  const done: number[] = [];
  const failures = await atOnce(
    Array.from({ length: 100 }, (_, index) => index),
    async (item) => {
      await Promise.resolve();
      if (item % 40 === 1) throw new Error(`no ${item}`);
      done.push(item);
    },
  );
  expect(done).toHaveLength(97);
  expect(failures.map(({ item, error }) => `${item}: ${error.message}`)).toEqual(['1: no 1', '41: no 41', '81: no 81']);
});

test('what is thrown and is no error becomes one', async () => {
  const failures = await atOnce(['a'], () => Promise.reject('nothing'));
  expect(failures[0]?.error).toEqual(new Error('nothing'));
});

test('only so many are under way at once', async () => {
  let running = 0;
  let most = 0;
  await atOnce(Array.from({ length: 200 }), async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
  });
  expect(most).toBe(32);
});
