import { type Clock, trigger, type WatchSource } from '@ocm/kube';

/** Timers for keys that are in back-off at the same time: an outcome is either a delay or an error, and these need both. */
export interface WakeUps {
  readonly source: WatchSource;
  /** Enqueues the key after `ms`; replaces an earlier call for the same key. */
  readonly at: (key: string, ms: number) => void;
}

export function wakeUps(clock: Pick<Clock, 'schedule'>): WakeUps {
  const alarm = trigger();
  const cancels = new Map<string, () => void>();
  return {
    source: {
      start(enqueue) {
        const stop = alarm.start(enqueue);
        return () => {
          stop();
          for (const cancel of cancels.values()) cancel();
          cancels.clear();
        };
      },
    },
    at(key, ms) {
      cancels.get(key)?.();
      const ring = (): void => {
        cancels.delete(key);
        alarm.enqueue(key, { resetBackoff: true });
      };
      cancels.set(key, clock.schedule(ms, ring));
    },
  };
}
