import { expect, test } from '@jest/globals';
import { manualClock } from '../test/manual-clock.ts';
import { every, trigger } from './triggers.ts';

test('a trigger passes keys to every controller that has started, with lane and back-off as asked', () => {
  const source = trigger();
  const seen: unknown[] = [];
  const stop = source.start((key, options) => seen.push(['one', key, options]));
  source.enqueue('a');
  source.start((key, options) => seen.push(['two', key, options]));
  source.enqueue('b', { lane: 'bulk', resetBackoff: true });
  stop();
  source.enqueue('c');
  expect(seen).toEqual([
    ['one', 'a', { lane: 'live', resetBackoff: false }],
    ['one', 'b', { lane: 'bulk', resetBackoff: true }],
    ['two', 'b', { lane: 'bulk', resetBackoff: true }],
    ['two', 'c', { lane: 'live', resetBackoff: false }],
  ]);
});

test('keys enqueued before a controller has started are kept for it', () => {
  const source = trigger();
  source.enqueue('a');
  source.enqueue('a', { lane: 'bulk' });
  const seen: unknown[] = [];
  source.start((key, { lane }) => seen.push([key, lane]));
  expect(seen).toEqual([['a', 'bulk']]);
});

test('every enqueues its key at start and at each interval until stopped', async () => {
  const clock = manualClock();
  const seen: string[] = [];
  const stop = every(60_000, 'resync', { clock }).start((key, { lane }) => seen.push(`${key} ${lane}`));
  expect(seen).toEqual(['resync bulk']);
  await clock.advance(120_000);
  expect(seen).toHaveLength(3);
  stop();
  await clock.advance(120_000);
  expect(seen).toHaveLength(3);
  expect(clock.timers).toBe(0);
});
