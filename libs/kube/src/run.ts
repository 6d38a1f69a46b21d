import { type Clock, systemClock } from './clock.ts';
import { type Controller } from './controller.ts';
import { ControllerRun } from './controller-run.ts';
import type { AnyInformer } from './informer.ts';
import { LeadershipLostError } from './leader-election/lease-hold.ts';
import type { Logger } from './logger.ts';
import type { KubeMetrics } from './metrics.ts';
import { untilAborted } from './until-aborted.ts';

const SYNC_TIMEOUT_MS = 600_000;
const GRACE_MS = 10_000;
/** What a reconcile gets to come to its end once its signal has fired. */
const ABORT_MS = 1000;

/** What controllers run with. */
export interface RunOptions {
  /** Stops everything; `run` resolves when the last reconcile has ended. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly metrics?: KubeMetrics;
  /** Caches that controllers read but do not watch. */
  readonly informers?: readonly AnyInformer[];
  /** Default 10 minutes (registration 1.3). */
  readonly syncTimeoutMs?: number;
  /** How long reconciles may go on after the signal, 10 s by default; after a lost lease they get none. */
  readonly graceMs?: number;
}

/**
 * Runs controllers until the signal fires: starts the informers behind their watches, each once, waits until all are synced, then
 * reconciles. On the signal no key is taken any more and what runs may finish; a reconcile's own signal fires only when the grace is
 * over, so that a write in hand is not torn. Informers that somebody else runs already are shared.
 *
 * @throws Error naming the caches that were not synced in time, or the keys whose reconcile did not end
 */
export async function run(controllers: readonly Controller[], options: RunOptions): Promise<void> {
  const { signal, log, clock = systemClock } = options;
  const informers = informersOf(controllers, options.informers ?? []);
  const closing = new AbortController();
  const reconciling = new AbortController();
  const runs = controllers.map(
    (controller) => new ControllerRun(controller, { log, clock, metrics: options.metrics, signal: reconciling.signal }),
  );
  for (const each of runs) each.watch();
  const caches = informers.map((informer) => informer.run(closing.signal));
  let stuck: readonly string[] = [];
  try {
    await waitForSync(informers, options);
    if (!signal.aborted) {
      log.debug({ controllers: controllers.map(({ name }) => name) }, 'caches are synced, controllers start');
      for (const each of runs) each.start();
      await untilAborted(signal, firstFailure(caches));
    }
  } finally {
    for (const each of runs) each.stop();
    stuck = await windDown(runs, reconciling, options);
    closing.abort();
    await Promise.allSettled(caches);
  }
  if (stuck.length > 0) throw new Error(`reconciles did not stop: ${stuck.join(', ')}`);
}

function informersOf(controllers: readonly Controller[], extra: readonly AnyInformer[]): readonly AnyInformer[] {
  const watched = controllers.flatMap(({ watches }) => watches.flatMap(({ informer }) => informer ?? []));
  return [...new Set([...watched, ...extra])];
}

async function waitForSync(informers: readonly AnyInformer[], options: RunOptions): Promise<void> {
  const { signal, clock = systemClock, syncTimeoutMs = SYNC_TIMEOUT_MS } = options;
  const waiting = new AbortController();
  const cancel = clock.schedule(syncTimeoutMs, () => waiting.abort());
  try {
    await untilAborted(signal, Promise.all(informers.map((informer) => informer.waitForSync(waiting.signal))));
  } finally {
    cancel();
    waiting.abort();
  }
  const missing = informers.filter(({ synced }) => !synced).map(({ describe }) => describe);
  if (signal.aborted || missing.length === 0) return;
  throw new Error(`caches not synced within ${syncTimeoutMs / 1000} s: ${missing.join('; ')}`);
}

/** Waits for the reconciles in hand: the grace, then, told to stop, a moment more. Returns those that go on regardless. */
async function windDown(
  runs: readonly ControllerRun[],
  reconciling: AbortController,
  { signal, graceMs = GRACE_MS, clock = systemClock }: RunOptions,
): Promise<readonly string[]> {
  const idle = Promise.all(runs.map((each) => each.idle()));
  const isLost = signal.reason instanceof LeadershipLostError;
  if (isLost || !(await settlesWithin(idle, graceMs, clock))) {
    reconciling.abort(signal.reason);
    await settlesWithin(idle, ABORT_MS, clock);
  }
  return runs.flatMap((each) => each.running.map((key) => `${each.name} ${key}`));
}

/** Rejects when one of them does, and never resolves. */
function firstFailure(promises: readonly Promise<void>[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const promise of promises) promise.catch(reject);
  });
}

/** Whether the promise settles in time. */
async function settlesWithin(promise: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const timeout = new AbortController();
  const settled = promise.then(() => true);
  const late = clock.sleep(ms, timeout.signal).then(() => false);
  try {
    return await Promise.race([settled, late]);
  } finally {
    timeout.abort();
  }
}
