import type { WatchSource } from './informer.ts';

/** What a reconcile says about its key. Waiting is not an error. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'requeue'; readonly afterMs: number }
  | { readonly kind: 'retry'; readonly error: Error; readonly atMostMs?: number };

/** Nothing left to do until the next event. */
export function done(): Outcome {
  return { kind: 'done' };
}

/** Look again after `afterMs` milliseconds; the back-off of the key is reset. */
export function requeueAfter(afterMs: number): Outcome {
  return { kind: 'requeue', afterMs };
}

/**
 * Back off (5 ms doubling to 1000 s); the queue logs the error once. A thrown error means the same.
 *
 * @param atMostMs when the key has to be looked at for another reason: the back-off is not waited for then, only what the server asks for
 */
export function retry(error: Error, { atMostMs }: { readonly atMostMs?: number | undefined } = {}): Outcome {
  return { kind: 'retry', error, ...(atMostMs === undefined ? {} : { atMostMs }) };
}

export interface Controller {
  /** Queue name in metrics and logs (registration 24, work 5.3). */
  readonly name: string;
  readonly watches: readonly WatchSource[];
  /** Keys reconciled at once, never one key twice; default 16. */
  readonly workers?: number;
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>;
}

/** Gives a controller its type; starts nothing. */
export function defineController(controller: Controller): Controller {
  return controller;
}
