import { isKubeError } from '@ocm/kube';
import type { AgentContext } from '../agent-context.ts';
import type { JoinedHub } from '../registration-driver.ts';

type AdmissionContext = Pick<AgentContext, 'clock' | 'random' | 'intervals' | 'log'> & { readonly cluster: string };

/**
 * Waits until the hub answers the registered agent. Before its cluster is accepted everything is forbidden to it, so the caches could not
 * sync (registration 3); afterwards it proceeds within seconds. Which answer it is does not matter here: a cluster that is not there is
 * somebody else's business.
 */
export async function untilAdmitted(
  { clusters }: Pick<JoinedHub, 'clusters'>,
  { cluster, clock, random, intervals, log }: AdmissionContext,
  signal: AbortSignal,
): Promise<void> {
  let said: string | undefined;
  for (let waitMs = intervals.acceptancePollMs; !signal.aborted; waitMs *= 2) {
    try {
      await clusters.find(cluster, { signal });
      return;
    } catch (error) {
      if (signal.aborted) return;
      const problem = refusalOf(error);
      if (problem !== said) log.info({ cluster, problem }, 'waiting for the hub to let the agent in');
      said = problem;
    }
    // A little apart, so that a fleet that waits for one hub does not ask in step.
    await clock.sleep(Math.min(waitMs, intervals.acceptancePollMaxMs) * (0.75 + random() / 4), signal);
  }
}

function refusalOf(error: unknown): string {
  if (isKubeError(error, 'forbidden')) return 'the cluster is not accepted yet: set hubAcceptsClient on the hub';
  return error instanceof Error ? error.message : String(error);
}
