import { type Clock, systemClock } from '@ocm/kube';

/** A clock that runs so many times as fast: the intervals of the product are minutes. */
export function quickClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => new Date(start + (Date.now() - start) * factor),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
    schedule: (ms, callback, options) => systemClock.schedule(ms / factor, callback, options),
  };
}
