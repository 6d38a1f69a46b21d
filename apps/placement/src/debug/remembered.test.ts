import { expect, test } from '@jest/globals';
import { Remembered } from './remembered.ts';

/** Answers with how often it was asked. */
function counted(forMs: (answer: number) => number) {
  let nowMs = 0;
  let asked = 0;
  const remembered = new Remembered<number>({ now: () => new Date(nowMs) }, forMs);
  return {
    get: (question = 'q') => remembered.get(question, () => Promise.resolve((asked += 1))),
    remembered,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('an answer is given again until its time is over, which it decides itself', async () => {
  const { get, pass } = counted((answer) => (answer === 1 ? 10 : 5));
  expect([await get(), await get()]).toEqual([1, 1]);
  pass(9);
  expect(await get()).toBe(1);
  pass(1);
  expect(await get()).toBe(2);
  pass(5);
  expect(await get()).toBe(3);
});

test('each question has its own answer, and the oldest is forgotten when there are too many', async () => {
  const { get } = counted(() => 1000);
  expect(await get('first')).toBe(1);
  for (let index = 0; index < 256; index += 1) await get(`q${index}`);
  expect(await get('q255')).toBe(257);
  expect(await get('first')).toBe(258);
});

test('a failure is not remembered', async () => {
  const { get, remembered } = counted(() => 1000);
  await expect(remembered.get('q', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await get()).toBe(1);
});
