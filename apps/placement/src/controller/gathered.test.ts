import type { Lane, WatchSource } from '@ocm/kube';
import { expect, test } from '@jest/globals';
import { gathered } from './gathered.ts';

/** A source that the test feeds, a clock that it moves, and the rounds of keys so far. */
function setUp() {
  let feed: Parameters<WatchSource['start']>[0] | undefined;
  const timers = new Map<() => void, number>();
  const clock = {
    schedule(ms: number, call: () => void) {
      timers.set(call, ms);
      return () => void timers.delete(call);
    },
  };
  const heard: string[] = [];
  const source = gathered({
    items: {
      start(enqueue) {
        feed = enqueue;
        return () => (feed = undefined);
      },
    },
    expand: (items) => [items.join('+')],
    clock,
  });
  const stop = source.start((key, { lane }) => heard.push(`${lane} ${key}`));
  return {
    stop,
    timers,
    happens: (item: string, lane: Lane = 'live') => feed?.(item, { lane, resetBackoff: false }),
    /** Lets the one timer there is fire; returns how long it was set for. */
    fire: (): number | undefined => {
      const [[call, ms] = []] = timers;
      if (call !== undefined) timers.delete(call);
      call?.();
      return ms;
    },
    heard: () => heard.splice(0),
  };
}

test('a burst becomes one round, in which each item comes once', () => {
  const { happens, fire, heard } = setUp();
  for (const item of ['a', 'b', 'a']) happens(item);
  expect(heard()).toEqual([]);
  expect(fire()).toBe(20);
  expect(heard()).toEqual(['live a+b']);
});

test('a burst that goes on comes in rounds with a rest between them', () => {
  const { happens, fire, heard, timers } = setUp();
  happens('a');
  fire();
  for (const item of ['b', 'c']) happens(item);
  expect(heard()).toEqual(['live a']);
  expect(fire()).toBe(250);
  fire();
  expect(heard()).toEqual(['live b+c']);
  fire();
  expect(timers.size).toBe(0);
});

test('what a list brings stays behind what has just changed, unless it has changed as well', () => {
  const { happens, fire, heard } = setUp();
  happens('a', 'bulk');
  happens('b', 'live');
  happens('c', 'bulk');
  happens('c', 'live');
  happens('c', 'bulk');
  fire();
  expect(heard()).toEqual(['bulk a', 'live b+c']);
});

test('nothing comes after the end', () => {
  const { happens, stop, heard, timers } = setUp();
  happens('a');
  stop();
  expect([timers.size, heard()]).toEqual([0, []]);
});
