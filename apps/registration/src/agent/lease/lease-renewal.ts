import { type LeaseTarget, type RenewContext, renewLoop } from './renew-loop.ts';

/** One renewal loop that follows its target. */
export interface LeaseRenewal {
  /** Renews this lease from now on, none without a target. The same target again changes nothing. */
  aim(target: LeaseTarget | undefined): void;
  /** Ends when the signal has fired and the loop in hand has ended. */
  run(signal: AbortSignal): Promise<void>;
}

export function leaseRenewal(context: RenewContext): LeaseRenewal {
  let target: LeaseTarget | undefined;
  let changed = new AbortController();
  return {
    aim(next) {
      if (next?.cluster === target?.cluster && next?.durationMs === target?.durationMs) return;
      target = next;
      changed.abort();
    },
    async run(signal) {
      while (!signal.aborted) {
        changed = new AbortController();
        const turn = AbortSignal.any([signal, changed.signal]);
        if (target === undefined) await firing(turn);
        else await renewLoop(context, target, turn);
      }
    },
  };
}

async function firing(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
