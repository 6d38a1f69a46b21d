import { expect, test } from '@jest/globals';
import { PublishRate, publishLimits } from './publish-rate.ts';

function setUp() {
  let nowMs = 0;
  const rate = new PublishRate({ now: () => new Date(nowMs) });
  const admitted = (user: string, count: number, { bytes = 100, values = 10 } = {}): number =>
    Array.from({ length: count }, () => rate.admit(user, { bytes, values })).filter(Boolean).length;
  return { rate, admitted, pass: (ms: number) => (nowMs += ms) };
}

test('an identity may publish 500 events every second for ever, and more', () => {
  const { admitted, pass } = setUp();
  for (let second = 0; second < 30; second += 1) {
    expect(admitted('a', 500)).toBe(500);
    pass(1000);
  }
});

test('beyond its burst it gets what the rate gives, and others are not touched', () => {
  const { admitted, pass } = setUp();
  expect(admitted('a', 5000)).toBe(publishLimits.events.burst);
  pass(100);
  expect(admitted('a', 5000)).toBe(publishLimits.events.perSecond / 10);
  expect(admitted('b', 100)).toBe(100);
});

test('bytes count, too', () => {
  const { admitted, pass } = setUp();
  const bytes = 4 * 1024 * 1024;
  expect(admitted('a', 100, { bytes })).toBe(16);
  pass(1000);
  expect(admitted('a', 100, { bytes })).toBe(8);
});

test('so do values: few bytes can be much to read', () => {
  const { admitted, pass } = setUp();
  const values = 125_000;
  expect(admitted('a', 100, { values })).toBe(8);
  pass(1000);
  expect(admitted('a', 100, { values })).toBe(2);
  expect(admitted('b', 1, { values })).toBe(1);
});

test('a clock that is set back takes nothing away', () => {
  const { admitted, pass } = setUp();
  admitted('a', 1000);
  pass(-60_000);
  expect(admitted('a', 1000)).toBe(1000);
});
