import { expect, test } from '@jest/globals';
import { measureBy } from './measure.ts';

/** A clock that the steps move on, and what has been noted. */
function setUp() {
  let nowMs = 5000;
  const noted: number[] = [];
  const measure = measureBy(
    () => nowMs,
    (_step, seconds) => noted.push(seconds),
  );
  const take = (ms: number): void => void (nowMs += ms);
  return { measure, noted, take };
}

test('a step is noted with its seconds, also when it fails', () => {
  const { measure, noted, take } = setUp();
  expect(measure({ kind: 'cel' }, () => (take(250), 'result'))).toBe('result');
  const fail = (): never => {
    take(500);
    throw new Error('no');
  };
  expect(() => measure({ kind: 'cel' }, fail)).toThrow('no');
  expect(noted).toEqual([0.25, 0.5]);
});

test('a step with places to stop is noted once, at its end, without the time of others', () => {
  const { measure, noted, take } = setUp();
  const work = function* (): Generator<void, string> {
    take(1000);
    yield;
    take(2000);
    yield;
    take(500);
    return 'result';
  };
  const steps = measure.inSteps({ kind: 'cel' }, work());
  for (let pause = 0; pause < 2; pause += 1) {
    expect(steps.next().done).toBe(false);
    take(60_000);
    expect(noted).toEqual([]);
  }
  expect(steps.next()).toEqual({ done: true, value: 'result' });
  expect(noted).toEqual([3.5]);
});
