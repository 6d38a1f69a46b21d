import type { Clock } from '../clock.ts';

/** A signal for one request: fires with any of the signals it was made of, and when its time is up. */
export interface RequestDeadline {
  readonly signal: AbortSignal;
  /** Time counts from now. */
  start(ms: number, expired: () => Error): void;
  /** Time counts no longer; the signals still do. */
  stop(): void;
  /** Lets go of the signals. */
  end(): void;
}

export function createRequestDeadline(signals: readonly AbortSignal[], clock: Clock): RequestDeadline {
  const controller = new AbortController();
  let cancel: (() => void) | undefined;
  const forward = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', forward, { once: true });
  }
  return {
    signal: controller.signal,
    start(ms, expired) {
      cancel?.();
      cancel = clock.schedule(ms, () => controller.abort(expired()), { background: true });
    },
    stop: () => cancel?.(),
    end() {
      cancel?.();
      for (const signal of signals) signal.removeEventListener('abort', forward);
    },
  };
}
