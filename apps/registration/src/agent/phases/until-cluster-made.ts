import type { AgentContext } from '../agent-context.ts';

type MakingContext = Pick<AgentContext, 'clock' | 'random' | 'intervals' | 'log'> & { readonly cluster: string };

/**
 * Waits until the hub has answered whether the cluster exists, or has taken it. It may refuse the bootstrap credential; then an administrator
 * makes the cluster, so a refusal of that kind is an answer.
 *
 * @param look one pass over the cluster on the hub, which makes it when it is not there; throws what an answer would not say
 */
export async function untilClusterMade(
  look: (signal: AbortSignal) => Promise<unknown>,
  { cluster, clock, random, intervals, log }: MakingContext,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = intervals.validityPollMs; !signal.aborted; waitMs *= 2) {
    try {
      await look(signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.warn(
        { cluster, error },
        'the cluster cannot be looked up or made; the certificate that was issued waits for it',
      );
    }
    // A little apart: what refuses one agent, a webhook that is down, say, refuses the fleet.
    await clock.sleep(Math.min(waitMs, intervals.bootstrapRefusedMs) * (0.75 + random() / 4), signal);
  }
}
