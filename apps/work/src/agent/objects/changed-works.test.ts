import { expect, test } from '@jest/globals';
import { manualTimers } from '../../../test/manual-timers.ts';
import { ChangedWorks } from './changed-works.ts';

function setUp() {
  const timers = manualTimers();
  const changed = new ChangedWorks({ clock: timers.clock, collectMs: 500, slowMs: 10_000 });
  const reported: string[] = [];
  changed.changes.start((work) => reported.push(work));
  return { timers, changed, reported };
}

test('works that change within the interval are reported together, each once', () => {
  const { timers, changed, reported } = setUp();
  changed.add(['a', 'b']);
  timers.advance(499);
  changed.add(['a']);
  expect(reported).toEqual([]);
  timers.advance(1);
  expect(reported).toEqual(['a', 'b']);
  timers.advance(60_000);
  expect(reported).toEqual(['a', 'b']);
});

test('a work that changes all the time is reported at the slow interval, and others as before', () => {
  const { timers, changed, reported } = setUp();
  const busy = () => reported.filter((work) => work === 'busy').length;
  for (let round = 0; round < 30; round += 1) {
    changed.add(['busy']);
    timers.advance(500);
  }
  expect(busy()).toBe(20);
  changed.add(['other']);
  timers.advance(500);
  expect(reported.at(-1)).toBe('other');
  // The last change waits for its turn and is not lost.
  timers.advance(10_000);
  expect(busy()).toBe(21);
});

test('nothing is reported after the end', () => {
  const { timers, changed, reported } = setUp();
  changed.add(['a']);
  changed.cancel();
  timers.advance(60_000);
  expect(reported).toEqual([]);
});
