import type { Clock } from '@ocm/kube';

/** An act that is done some time after it is first asked for, once for all who ask until then. */
export interface Coalesced {
  request(): void;
  /** Forgets what was asked for. */
  cancel(): void;
}

export interface Coalescing {
  readonly clock: Pick<Clock, 'schedule'>;
  /** From the first request to the act, milliseconds. */
  readonly ms: number;
}

/** The act may ask for itself again. */
export function coalesce(act: () => void, { clock, ms }: Coalescing): Coalesced {
  let pending: (() => void) | undefined;
  return {
    request() {
      pending ??= clock.schedule(ms, () => {
        pending = undefined;
        act();
      });
    },
    cancel() {
      pending?.();
      pending = undefined;
    },
  };
}
