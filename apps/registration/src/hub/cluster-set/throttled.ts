import type { Clock, WatchSource } from '@ocm/kube';

type Enqueue = Parameters<WatchSource['start']>[0];

/**
 * A source that passes each key on at once, and what follows for the same key within `intervalMs` once more at the end of that time: a
 * thousand clusters that join a set are not a thousand writes of its status. A live change in the interval makes that one key live.
 */
export function throttled(
  source: WatchSource,
  { intervalMs, clock }: { readonly intervalMs: number; readonly clock: Clock },
): WatchSource {
  return {
    ...source,
    start(enqueue) {
      const throttle = new KeyThrottle(enqueue, { intervalMs, clock });
      const stop = source.start((key, options) => throttle.offer(key, options));
      return () => {
        stop();
        throttle.stop();
      };
    },
  };
}

interface Interval {
  /** What came since the key was passed on. */
  again: Parameters<Enqueue>[1] | undefined;
  cancel: () => void;
}

class KeyThrottle {
  readonly #enqueue: Enqueue;
  readonly #options: { readonly intervalMs: number; readonly clock: Clock };
  readonly #intervals = new Map<string, Interval>();

  constructor(enqueue: Enqueue, options: { readonly intervalMs: number; readonly clock: Clock }) {
    this.#enqueue = enqueue;
    this.#options = options;
  }

  offer(key: string, options: Parameters<Enqueue>[1]): void {
    const running = this.#intervals.get(key);
    if (running === undefined) this.#pass(key, options);
    else running.again = running.again?.lane === 'live' ? running.again : options;
  }

  stop(): void {
    for (const { cancel } of this.#intervals.values()) cancel();
    this.#intervals.clear();
  }

  #pass(key: string, options: Parameters<Enqueue>[1]): void {
    const { clock, intervalMs } = this.#options;
    const cancel = clock.schedule(intervalMs, () => {
      const again = this.#intervals.get(key)?.again;
      this.#intervals.delete(key);
      if (again !== undefined) this.#pass(key, again);
    });
    this.#intervals.set(key, { again: undefined, cancel });
    this.#enqueue(key, options);
  }
}
