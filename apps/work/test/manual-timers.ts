import type { Clock } from '@ocm/kube';

/** A clock that stands still until a test moves it; nobody sleeps by it. */
export interface ManualTimers {
  readonly clock: Pick<Clock, 'now' | 'schedule'>;
  /** Runs what falls due on the way, in order. */
  advance(ms: number): void;
}

export function manualTimers(): ManualTimers {
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  let nowMs = 0;
  return {
    clock: {
      now: () => new Date(nowMs),
      schedule(ms, callback) {
        const timer = { dueMs: nowMs + ms, callback };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = next.dueMs;
        next.callback();
      }
      nowMs = endMs;
    },
  };
}
