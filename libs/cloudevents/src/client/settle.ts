import type { Clock } from '@ocm/kube';

const LOOK_MS = 100;
const QUIET_MS = 500;
const LONGEST_MS = 10_000;

/**
 * Waits until the answers to a resync have ceased: they come as events and nothing marks the last of them. Without one for half a second they
 * have; after ten seconds nobody waits any more.
 *
 * @param lastEventMs when the last event came, whatever it was
 * @throws the signal's reason
 */
export async function untilQuiet(clock: Clock, lastEventMs: () => number, signal: AbortSignal): Promise<void> {
  const nowMs = (): number => clock.now().getTime();
  const startMs = nowMs();
  const isQuiet = (): boolean => nowMs() - Math.max(startMs, lastEventMs()) >= QUIET_MS;
  while (!isQuiet() && nowMs() - startMs < LONGEST_MS) {
    await clock.sleep(LOOK_MS, signal);
    signal.throwIfAborted();
  }
}
