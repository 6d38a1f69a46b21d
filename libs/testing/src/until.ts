import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
const PAUSE_GROWTH = 1.5;
const DEADLINE_MS = 40_000;

export interface UntilOptions {
  /** What is waited for, for the failure message: `cluster c1 is accepted`. */
  readonly describe: string;
  /** Default 40 s: a few seconds and the longest back-off of the product, on a machine that has other things to do. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

/** What `until` throws at its deadline. The message holds the last observation; a last error is the cause. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Asks again, at first every few milliseconds and at last ten times a second, until the check returns something truthy,
 * and returns that. A check that throws counts as not yet true, so it may hold expectations.
 *
 * @throws DeadlineError when the condition does not hold in time
 * @throws the signal's reason when it fires
 */
export async function until<T>(
  check: () => T | Promise<T>,
  { describe, deadlineMs = DEADLINE_MS, signal }: UntilOptions,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const end = performance.now() + deadlineMs;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const seen = await observe(check);
    if (seen.kind === 'value' && seen.value) return seen.value as Exclude<T, false | null | undefined | 0 | ''>;
    if (performance.now() + pauseMs > end) throw failure(describe, deadlineMs, seen);
    await sleep(pauseMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, LONGEST_PAUSE_MS);
  }
}

type Observation<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'error'; readonly error: unknown };

async function observe<T>(check: () => T | Promise<T>): Promise<Observation<T>> {
  try {
    return { kind: 'value', value: await check() };
  } catch (error) {
    return { kind: 'error', error };
  }
}

function failure(describe: string, deadlineMs: number, seen: Observation<unknown>): DeadlineError {
  const last = seen.kind === 'error' ? `threw ${String(seen.error)}` : inspect(seen.value, { depth: 6 });
  const options = seen.kind === 'error' ? { cause: seen.error } : {};
  return new DeadlineError(`not within ${deadlineMs} ms: ${describe}; last observation: ${last}`, options);
}
