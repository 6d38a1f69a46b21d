import type { Clock, Lane, WatchSource } from '@ocm/kube';

/** After the first event of a burst, so that it is together. */
const SETTLE_MS = 20;
/** Between two rounds of a burst that goes on: each round may concern every Placement of the hub. */
const SPACING_MS = 250;

export interface GatheredSource {
  /** Its keys are items, which mean Placements only when they are looked at together. */
  readonly items: WatchSource;
  /** Keys of the Placements that the items of a burst concern, each once. */
  readonly expand: (items: readonly string[]) => Iterable<string>;
  readonly clock: Pick<Clock, 'schedule'>;
}

/** Turns bursts of events into one round of keys each. A single event waits 20 ms. */
export function gathered({ items, expand, clock }: GatheredSource): WatchSource {
  return {
    ...(items.informer === undefined ? {} : { informer: items.informer }),
    start(enqueue) {
      const waiting = new Map<string, Lane>();
      let cancelRound: (() => void) | undefined;
      let cancelRest: (() => void) | undefined;
      const arm = (ms: number): void => {
        cancelRound ??= clock.schedule(ms, round);
      };
      const round = (): void => {
        cancelRound = undefined;
        const lanes = Map.groupBy(waiting, ([, lane]) => lane);
        waiting.clear();
        for (const [lane, entries] of lanes) {
          for (const key of expand(entries.map(([item]) => item))) enqueue(key, { lane, resetBackoff: false });
        }
        cancelRest = clock.schedule(SPACING_MS, () => {
          cancelRest = undefined;
          if (waiting.size > 0) arm(0);
        });
      };
      const stop = items.start((item, { lane }) => {
        if (waiting.get(item) !== 'live') waiting.set(item, lane);
        if (cancelRest === undefined) arm(SETTLE_MS);
      });
      return () => {
        stop();
        cancelRound?.();
        cancelRest?.();
      };
    },
  };
}
