import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KubeObject } from '@ocm/api';
import type { AnyInformer, Clock, Informer, ObjectEvent } from '@ocm/kube';

/** How often everything is told again, so that a message that got lost is not lost for ever (cloudevents-grpc 11.1). */
const REPEAT_MS = 30 * 60_000;
/** Objects that are told again at once; between two such lots, whatever else there is to do is done. */
const LOT = 50;

export interface FollowOptions<T extends KubeObject> {
  readonly onChange: (change: ObjectEvent<T>) => void;
  /** Called once, when the cache is complete. */
  readonly synced: () => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Runs a cache and passes its changes on until the signal fires, and every 30 minutes everything there is. What was there before is not passed
 * on: agents learn of it by their resync.
 */
export async function followCache<T extends KubeObject, Index extends string>(
  cache: Informer<T, Index> & AnyInformer,
  { onChange, synced, clock, signal }: FollowOptions<T>,
): Promise<void> {
  let isComplete = false;
  const unsubscribe = cache.subscribe((change) => {
    if (isComplete) onChange(change);
  });
  try {
    const running = cache.run(signal);
    await cache.waitForSync(signal);
    if (!signal.aborted) {
      isComplete = true;
      synced();
    }
    await Promise.all([running, repeatAll(cache, { onChange, clock, signal })]);
  } finally {
    unsubscribe();
  }
}

async function repeatAll<T extends KubeObject, Index extends string>(
  cache: Informer<T, Index>,
  { onChange, clock, signal }: Pick<FollowOptions<T>, 'onChange' | 'clock' | 'signal'>,
): Promise<void> {
  for (;;) {
    await clock.sleep(REPEAT_MS, signal);
    if (signal.aborted) return;
    for (const [index, { metadata }] of cache.list().entries()) {
      if (index % LOT === LOT - 1) await nextTurn();
      const object = cache.get(metadata);
      if (object !== undefined) onChange({ type: 'resync', object });
    }
  }
}
