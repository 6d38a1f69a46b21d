import type { Clock } from '@ocm/kube';

/** Wakes whoever waits; a ring that nobody hears is kept for the next wait. */
export interface Bell {
  ring(): void;
  /** Returns at the next ring, after `ms` milliseconds, or when the signal fires. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Pick<Clock, 'sleep'>): Bell {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async wait(ms, signal) {
      await clock.sleep(ms, AbortSignal.any([signal, rung.signal]));
      if (rung.signal.aborted) rung = new AbortController();
    },
  };
}
