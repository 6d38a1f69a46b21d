import { describe, expect, test } from '@jest/globals';
import { systemClock } from './clock.ts';

describe('systemClock', () => {
  test('sleep returns at once when the signal has fired, and when it fires', async () => {
    const stop = new AbortController();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await sleeping;
    await systemClock.sleep(60_000, stop.signal);
  });

  test('sleep ends after its time', async () => {
    const start = performance.now();
    await systemClock.sleep(20, new AbortController().signal);
    expect(performance.now() - start).toBeGreaterThan(15);
  });

  test('schedule calls back unless it is cancelled', async () => {
    const calls: string[] = [];
    const cancel = systemClock.schedule(1, () => calls.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => {
      systemClock.schedule(5, () => {
        calls.push('called');
        resolve();
      });
    });
    expect(calls).toEqual(['called']);
  });

  test('a time beyond what a timer of Node can hold does not fire at once', async () => {
    const calls: string[] = [];
    const cancel = systemClock.schedule(2 ** 40, () => calls.push('far too early'));
    await systemClock.sleep(20, new AbortController().signal);
    cancel();
    expect(calls).toEqual([]);
  });
});
