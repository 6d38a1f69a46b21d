import { type Clock, systemClock } from '@ocm/kube';

/** A clock on which waiting takes a fraction of the time: the intervals of the product are minutes. */
export function quickClock(factor: number): Clock {
  return {
    now: () => new Date(),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
    schedule: (ms, callback, options) => systemClock.schedule(ms / factor, callback, options),
  };
}
