import { type Clock, systemClock } from './clock.ts';
import type { Lane, WatchSource } from './informer.ts';

type Enqueue = Parameters<WatchSource['start']>[0];

/** A source driven by hand: by a timer of one's own, a file, an event in memory. */
export interface Trigger extends WatchSource {
  /** Asks for a run of the key, by default in the live lane and keeping its back-off. Before a controller has started it is kept. */
  enqueue(key: string, options?: { readonly lane?: Lane; readonly resetBackoff?: boolean }): void;
}

/** A trigger may feed several controllers; each gets every key that is enqueued after it has started. */
export function trigger(): Trigger {
  const controllers = new Set<Enqueue>();
  const early = new Map<string, Parameters<Enqueue>[1]>();
  return {
    enqueue(key, { lane = 'live', resetBackoff = false } = {}) {
      const options = { lane, resetBackoff };
      if (controllers.size === 0) early.set(key, options);
      for (const enqueue of controllers) enqueue(key, options);
    },
    start(enqueue) {
      controllers.add(enqueue);
      for (const [key, options] of early) enqueue(key, options);
      early.clear();
      return () => controllers.delete(enqueue);
    },
  };
}

/** Enqueues the key at start and every `intervalMs` after that, in the bulk lane (registration 1.3). */
export function every(
  intervalMs: number,
  key: string,
  { clock = systemClock }: { readonly clock?: Clock } = {},
): WatchSource {
  return {
    start(enqueue) {
      let cancel: () => void;
      const beat = (): void => {
        cancel = clock.schedule(intervalMs, beat);
        enqueue(key, { lane: 'bulk', resetBackoff: false });
      };
      beat();
      return () => cancel();
    },
  };
}
