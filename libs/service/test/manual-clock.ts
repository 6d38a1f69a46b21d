import type { Clock } from '@ocm/kube';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Runs what falls due on the way, in order. */
  advance(ms: number): void;
  /** How many timers are waiting. */
  readonly waiting: number;
}

export function manualClock(start = '2026-01-31T09:00:00.000Z'): ManualClock {
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();
  let nowMs = Date.parse(start);
  const schedule = (ms: number, callback: () => void): (() => void) => {
    const timer = { due: nowMs + ms, callback };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    now: () => new Date(nowMs),
    schedule,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const cancel = schedule(ms, resolve);
        signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
      }),
    advance(ms) {
      const end = nowMs + ms;
      for (;;) {
        const next = [...timers].filter(({ due }) => due <= end).toSorted((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        nowMs = next.due;
        next.callback();
      }
      nowMs = end;
    },
    get waiting() {
      return timers.size;
    },
  };
}
