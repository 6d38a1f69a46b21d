import { describe, expect, test } from '@jest/globals';
import { type BackoffState, nextBackoff } from './reconnect-backoff.ts';

const MINUTE_MS = 60_000;

describe('waiting before the next attempt to connect', () => {
  test.each([
    { random: 0, want: [5000, 25_000, 60_000, 60_000] },
    { random: 0.5, want: [7500, 37_500, 90_000, 90_000] },
  ])('grows to a minute; with the random number $random', ({ random, want }) => {
    let state: BackoffState | undefined;
    const waits = want.map(() => {
      const next = nextBackoff(state, { nowMs: state?.lastMs ?? 0, random });
      ({ state } = next);
      return next.waitMs;
    });
    expect(waits).toEqual(want);
  });

  test.each([
    { quietMs: 10 * MINUTE_MS - 1, waitMs: 25_000 },
    { quietMs: 10 * MINUTE_MS, waitMs: 5000 },
  ])('is $waitMs ms after $quietMs ms without a wait', ({ quietMs, waitMs }) => {
    const { state } = nextBackoff(undefined, { nowMs: 0, random: 0 });
    expect(nextBackoff(state, { nowMs: state.lastMs + quietMs, random: 0 }).waitMs).toBe(waitMs);
  });
});
