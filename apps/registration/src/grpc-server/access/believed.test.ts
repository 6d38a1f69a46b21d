import { expect, test } from '@jest/globals';
import { Believed } from './believed.ts';

function setUp(most = 10) {
  let nowMs = 0;
  const asked: string[] = [];
  const believed = new Believed<string>({
    forMs: 1000,
    most,
    clock: { now: () => new Date(nowMs) },
    isWorthKeeping: (answer) => answer !== 'no',
  });
  const get = (key: string, answer = 'yes'): Promise<string> =>
    believed.get(key, () => {
      asked.push(key);
      return Promise.resolve(answer);
    });
  return { believed, get, asked, pass: (ms: number) => (nowMs += ms) };
}

test('an answer is believed for a while', async () => {
  const { get, asked, pass } = setUp();
  await get('a');
  pass(999);
  expect(await get('a', 'other')).toBe('yes');
  pass(1);
  expect(await get('a', 'other')).toBe('other');
  expect(asked).toEqual(['a', 'a']);
});

test('questions that come while the answer is under way share it', async () => {
  const { get, asked } = setUp();
  expect(await Promise.all([get('a'), get('a', 'other'), get('b')])).toEqual(['yes', 'yes', 'yes']);
  expect(asked).toEqual(['a', 'b']);
});

test('what is not worth keeping is asked again, and so is what failed', async () => {
  const { believed, get, asked } = setUp();
  expect([await get('a', 'no'), await get('a', 'no')]).toEqual(['no', 'no']);
  await expect(believed.get('b', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await get('b')).toBe('yes');
  expect(asked).toEqual(['a', 'a', 'b']);
});

test('no more than so many answers are kept', async () => {
  const { get, asked } = setUp(2);
  for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) await get(key);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});
