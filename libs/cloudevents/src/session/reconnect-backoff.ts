const STEPS_MS = [5000, 25_000, 60_000] as const;
const LONGEST_STEP_MS = 60_000;
const QUIET_MS = 10 * 60_000;

/** How often a connection was waited for lately, and when that last began. */
export interface BackoffState {
  readonly failures: number;
  readonly lastMs: number;
}

/**
 * How long to wait before the next attempt to connect (cloudevents-grpc 9.3): 5 s, 25 s, then 60 s, each up to twice as long; from the start
 * again after ten minutes without a wait. Every connection keeps its own state.
 *
 * @param before `undefined` for a connection that never waited
 * @param random at least 0 and below 1
 */
export function nextBackoff(
  before: BackoffState | undefined,
  { nowMs, random }: { readonly nowMs: number; readonly random: number },
): { readonly waitMs: number; readonly state: BackoffState } {
  const failures = before === undefined || nowMs - before.lastMs >= QUIET_MS ? 0 : before.failures;
  const waitMs = (STEPS_MS[failures] ?? LONGEST_STEP_MS) * (1 + random);
  return { waitMs, state: { failures: failures + 1, lastMs: nowMs + waitMs } };
}
