import { expect, test } from '@jest/globals';
import type { Clock } from '@ocm/kube';
import { createBell } from './bell.ts';

const never: Pick<Clock, 'sleep'> = {
  sleep: (_ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    }),
};

test('a ring wakes whoever waits, and one that nobody heard the next who does', async () => {
  const bell = createBell(never);
  const { signal } = new AbortController();
  const waiting = bell.wait(1000, signal);
  bell.ring();
  await expect(waiting).resolves.toBeUndefined();
  bell.ring();
  await expect(bell.wait(1000, signal)).resolves.toBeUndefined();
  const asleep = bell.wait(1000, signal).then(() => 'awake');
  await expect(Promise.race([asleep, Promise.resolve('asleep')])).resolves.toBe('asleep');
});

test('the signal ends a wait', async () => {
  const stopping = new AbortController();
  const waiting = createBell(never).wait(1000, stopping.signal);
  stopping.abort();
  await expect(waiting).resolves.toBeUndefined();
});
