import type { Clock, Lane, WatchSource } from '@ocm/kube';
import { expect, test } from '@jest/globals';
import { throttled } from './throttled.ts';

/** A source that the test rings, behind a throttle of 1 s whose timers the test fires. */
function setUp(): {
  readonly ring: (key: string, lane: Lane) => void;
  readonly passed: readonly string[];
  readonly nextTimer: () => void;
  readonly timers: () => number;
  readonly stop: () => void;
} {
  const timers: (() => void)[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    sleep: () => Promise.resolve(),
    schedule(_ms, callback) {
      timers.push(callback);
      return () => void timers.splice(timers.indexOf(callback), 1);
    },
  };
  let enqueue: Parameters<WatchSource['start']>[0] | undefined;
  const source: WatchSource = {
    start(given) {
      enqueue = given;
      return () => {};
    },
  };
  const passed: string[] = [];
  const stop = throttled(source, { intervalMs: 1000, clock }).start((key, { lane }) => passed.push(`${key} ${lane}`));
  return {
    ring: (key, lane) => enqueue?.(key, { lane, resetBackoff: false }),
    passed,
    nextTimer: () => timers.shift()?.(),
    timers: () => timers.length,
    stop,
  };
}

test('passes the first on at once and the rest of the interval as one', () => {
  const { ring, passed, nextTimer } = setUp();
  ring('set', 'live');
  ring('set', 'bulk');
  ring('set', 'bulk');
  ring('other', 'bulk');
  expect(passed).toEqual(['set live', 'other bulk']);
  nextTimer();
  expect(passed).toEqual(['set live', 'other bulk', 'set bulk']);
});

test('a live change in the interval makes what follows live', () => {
  const { ring, passed, nextTimer } = setUp();
  ring('set', 'bulk');
  ring('set', 'live');
  ring('set', 'bulk');
  nextTimer();
  expect(passed).toEqual(['set bulk', 'set live']);
});

test('after a quiet interval nothing is left, and the next is passed at once', () => {
  const { ring, passed, nextTimer, timers } = setUp();
  ring('set', 'live');
  nextTimer();
  expect(timers()).toBe(0);
  ring('set', 'live');
  expect(passed).toEqual(['set live', 'set live']);
});

test('stopped, it leaves no timer', () => {
  const { ring, timers, stop } = setUp();
  ring('set', 'live');
  stop();
  expect(timers()).toBe(0);
});
