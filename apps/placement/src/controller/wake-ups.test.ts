import type { Clock } from '@ocm/kube';
import { expect, test } from '@jest/globals';
import { wakeUps } from './wake-ups.ts';

test('the last call for a key counts, and nothing rings after the stop', () => {
  const timers = new Map<number, () => void>();
  let next = 0;
  const clock: Pick<Clock, 'schedule'> = {
    schedule(_ms, callback) {
      const id = (next += 1);
      timers.set(id, callback);
      return () => timers.delete(id);
    },
  };
  const wake = wakeUps(clock);
  const rung: string[] = [];
  const stop = wake.source.start((key) => rung.push(key));
  wake.at('a', 1000);
  wake.at('a', 10);
  wake.at('b', 10);
  expect(timers.size).toBe(2);
  timers.get(2)?.();
  expect(rung).toEqual(['a']);
  stop();
  expect(timers.size).toBe(1);
});
