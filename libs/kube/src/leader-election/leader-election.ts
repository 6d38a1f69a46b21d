import { systemClock } from '../clock.ts';
import { type LeaderElectionOptions, LeadershipLostError, LeaseHold } from './lease-hold.ts';

/**
 * Waits for the Lease (coordination.k8s.io, compatible with client-go), then runs `lead` while it is held. Resolves when `lead` has ended
 * or the signal fired before the lease was there. While `lead` winds down after the signal, the lease is still renewed; then it is released.
 *
 * A holder counts as dead when its lease has not changed for its duration by our own timers, so clocks may differ.
 *
 * @throws LeadershipLostError when the lease was lost; `lead`'s signal then fires with it as reason. A `lead` that does not end within
 * the rest of the lease is left behind.
 * @throws RangeError when the times do not fit together
 */
export async function leadElection(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  checkTimes(options);
  const { signal, log, metrics, name, identity } = options;
  const hold = new LeaseHold(options);
  if (!(await hold.acquire())) return;
  log.info({ lease: name, identity }, 'leadership acquired');
  metrics?.leading(name, true);
  try {
    await leadWhileHeld(hold, options, lead);
  } finally {
    metrics?.leading(name, false);
    log.info({ lease: name, identity, aborted: signal.aborted }, 'leadership ended');
  }
}

async function leadWhileHeld(
  hold: LeaseHold,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { signal, log, name, leaseDurationMs, renewDeadlineMs, clock = systemClock } = options;
  const leading = new AbortController();
  const renewing = new AbortController();
  const onStop = (): void => leading.abort(signal.reason);
  if (signal.aborted) onStop();
  signal.addEventListener('abort', onStop, { once: true });

  let lost: LeadershipLostError | undefined;
  const leftBehind = Promise.withResolvers<never>();
  let cancelPatience: (() => void) | undefined;
  const renewal = hold.keep(renewing.signal).catch((error: unknown) => {
    lost = error instanceof LeadershipLostError ? error : new LeadershipLostError(`lease ${name}`, { cause: error });
    leading.abort(lost);
    cancelPatience = clock.schedule(leaseDurationMs - renewDeadlineMs, () => leftBehind.reject(lost));
  });
  try {
    await Promise.race([lead(leading.signal), leftBehind.promise]);
  } catch (error) {
    if (lost === undefined) throw error;
    log.debug({ lease: name, error }, 'what led ended with an error after the lease was lost');
  } finally {
    signal.removeEventListener('abort', onStop);
    renewing.abort();
    await renewal;
    cancelPatience?.();
    if (lost === undefined) await hold.release();
  }
  if (lost !== undefined) throw lost;
}

function checkTimes({ leaseDurationMs, renewDeadlineMs, retryPeriodMs }: LeaderElectionOptions): void {
  if (leaseDurationMs > renewDeadlineMs && renewDeadlineMs > retryPeriodMs && retryPeriodMs > 0) return;
  throw new RangeError(
    `leader election: leaseDurationMs (${leaseDurationMs}) must exceed renewDeadlineMs (${renewDeadlineMs}), ` +
      `and that must exceed retryPeriodMs (${retryPeriodMs})`,
  );
}
