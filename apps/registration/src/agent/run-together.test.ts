import { expect, test } from '@jest/globals';
import { runTogether } from './run-together.ts';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });

test('all parts end with the signal', async () => {
  const stopping = new AbortController();
  const ended = runTogether(stopping.signal, [untilAborted, untilAborted]);
  stopping.abort();
  await expect(ended).resolves.toBeUndefined();
});

test('the first failure ends the others and is the one that is thrown, after they have ended', async () => {
  const { signal } = new AbortController();
  let ended = false;
  const parts = [
    async (signal: AbortSignal) => {
      await untilAborted(signal);
      ended = true;
      throw new Error('second');
    },
    () => Promise.reject(new Error('first')),
  ];
  await expect(runTogether(signal, parts)).rejects.toThrow('first');
  expect(ended).toBe(true);
});

test('a part that is done leaves the others alone', async () => {
  const stopping = new AbortController();
  const ended = runTogether(stopping.signal, [() => Promise.resolve(), untilAborted]);
  await expect(Promise.race([ended.then(() => 'ended'), Promise.resolve('running')])).resolves.toBe('running');
  stopping.abort();
  await ended;
});
