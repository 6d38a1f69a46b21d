import { expect, test } from '@jest/globals';
import { manualTimers } from '../../../test/manual-timers.ts';
import { coalesce } from './coalesce.ts';

function setUp(act: () => void = () => {}) {
  const timers = manualTimers();
  let acts = 0;
  const coalesced = coalesce(
    () => {
      acts += 1;
      act();
    },
    { clock: timers.clock, ms: 100 },
  );
  return { timers, coalesced, acts: () => acts };
}

test('requests within the time are one, and the time runs from the first', () => {
  const { timers, coalesced, acts } = setUp();
  coalesced.request();
  timers.advance(60);
  coalesced.request();
  expect(acts()).toBe(0);
  timers.advance(40);
  expect(acts()).toBe(1);
  timers.advance(1000);
  expect(acts()).toBe(1);
});

test('a request after the act, or in it, leads to another one', () => {
  let again = true;
  const { timers, coalesced, acts } = setUp(() => {
    if (again) coalesced.request();
    again = false;
  });
  coalesced.request();
  timers.advance(200);
  expect(acts()).toBe(2);
  coalesced.request();
  timers.advance(100);
  expect(acts()).toBe(3);
});

test('what is cancelled is not done, and may be asked for again', () => {
  const { timers, coalesced, acts } = setUp();
  coalesced.request();
  coalesced.cancel();
  timers.advance(1000);
  expect(acts()).toBe(0);
  coalesced.request();
  timers.advance(100);
  expect(acts()).toBe(1);
});
