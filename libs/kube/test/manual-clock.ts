import type { Clock } from '../src/clock.ts';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Runs what falls due on the way, in order, letting promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Sets the time of day without letting timers see it, as an administrator or NTP would. */
  setBack(ms: number): void;
  readonly timers: number;
}

/** Starts at `start`, an RFC 3339 time. */
export function manualClock(start = '2026-01-31T09:00:00.000Z'): ManualClock {
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();
  const origin = Date.parse(start);
  let elapsed = 0;
  let setBack = 0;
  const schedule = (ms: number, callback: () => void): (() => void) => {
    const timer = { due: elapsed + ms, callback };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    now: () => new Date(origin + elapsed - setBack),
    schedule,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const cancel = schedule(ms, resolve);
        signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
      }),
    get timers() {
      return timers.size;
    },
    setBack(ms) {
      setBack += ms;
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settled();
      for (;;) {
        const next = [...timers].filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        elapsed = Math.max(elapsed, next.due);
        next.callback();
        await settled();
      }
      elapsed = end;
      await settled();
    },
  };
}

/** Lets promises and immediates that are ready run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
