import { expect, test } from '@jest/globals';
import { Graves } from './graves.ts';

test('the last ten thousand deleted works are remembered, until their end is known', () => {
  const graves = new Graves();
  for (let index = 0; index <= 10_000; index += 1) graves.dig(`u${index}`, index + 1);
  expect([graves.has('u0'), graves.has('u1'), graves.version('u10000'), graves.version('other')]).toEqual([
    false,
    true,
    10_001,
    0,
  ]);
  graves.close('u1');
  expect(graves.has('u1')).toBe(false);
});
