import { describe, expect, test } from '@jest/globals';
import type { Clock } from '@ocm/kube';
import { Wheel } from './wheel.ts';

/** Time that passes when told; timers fire late by what was skipped. */
function handClock() {
  let nowMs = 1_000_000;
  let timers: { atMs: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(nowMs),
    sleep: () => Promise.resolve(),
    schedule(ms, run) {
      const timer = { atMs: nowMs + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  const advance = (ms: number, stepMs = 10): void => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      nowMs += stepMs;
      const due = timers.filter(({ atMs }) => atMs <= nowMs);
      timers = timers.filter(({ atMs }) => atMs > nowMs);
      for (const { run } of due) run();
    }
  };
  return { clock, advance, nowMs: () => nowMs, timers: () => timers.length, set: (ms: number) => (nowMs = ms) };
}

function setUp(stepping = 10) {
  const hand = handClock();
  const visits: [string, number][] = [];
  const startMs = hand.nowMs();
  const stopping = new AbortController();
  const wheel = new Wheel<string>({
    intervalMs: 10_000,
    clock: hand.clock,
    visit: (member) => visits.push([member, hand.nowMs() - startMs]),
    signal: stopping.signal,
  });
  const timesOf = (name: string): readonly number[] => visits.flatMap(([each, ms]) => (each === name ? [ms] : []));
  return { ...hand, wheel, visits, timesOf, stopping, pass: (ms: number) => hand.advance(ms, stepping) };
}

describe('the wheel', () => {
  test('visits first after one interval, then once in each, with one timer', () => {
    const { wheel, pass, timesOf, timers } = setUp();
    wheel.add('a');
    pass(3000);
    wheel.add('b');
    pass(32_000);
    expect(timesOf('a')).toEqual([10_000, 20_000, 30_000]);
    expect(timesOf('b')).toEqual([13_000, 23_000, 33_000]);
    expect(timers()).toBe(1);
  });

  test('timers that are late do not make later visits later and later', () => {
    const { wheel, pass, timesOf } = setUp(370);
    wheel.add('a');
    pass(101_000);
    const times = timesOf('a');
    expect(times).toHaveLength(10);
    times.forEach((ms, index) => expect(Math.abs(ms - (index + 1) * 10_000)).toBeLessThan(500));
  });

  test('who has left is not visited', () => {
    const { wheel, pass, visits } = setUp();
    wheel.add('a');
    pass(5000);
    wheel.delete('a');
    pass(20_000);
    expect(visits).toEqual([]);
  });

  test.each([-3_600_000, 3_600_000])('a clock that was set by %i ms disturbs nobody', (byMs) => {
    const { wheel, pass, visits, set, nowMs } = setUp();
    wheel.add('a');
    pass(1000);
    set(nowMs() + byMs);
    // The timer that waited at that moment fires by its own time, not by the clock's.
    if (byMs < 0) return;
    pass(9000);
    expect(visits).toHaveLength(1);
  });

  test('stops with its signal', () => {
    const { wheel, pass, visits, stopping, timers } = setUp();
    wheel.add('a');
    stopping.abort();
    pass(20_000);
    expect({ visits, timers: timers() }).toEqual({ visits: [], timers: 0 });
  });
});
