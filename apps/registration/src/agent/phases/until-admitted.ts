import { clusterConditions, isConditionTrue, type ManagedCluster } from '@ocm/api';
import { isKubeError } from '@ocm/kube';
import type { AgentContext } from '../agent-context.ts';
import type { JoinedHub } from '../registration-driver.ts';

type AdmissionContext = Pick<AgentContext, 'clock' | 'random' | 'intervals' | 'log'> & { readonly cluster: string };

/**
 * Waits until the hub has accepted the cluster of the registered agent. Before that, and after a denial, most or all is forbidden to the
 * agent, so its caches could not sync (registration 3); asking now and then lets it proceed within seconds of its acceptance.
 */
export async function untilAdmitted(
  { clusters }: Pick<JoinedHub, 'clusters'>,
  { cluster, clock, random, intervals, log }: AdmissionContext,
  signal: AbortSignal,
): Promise<void> {
  let said: string | undefined;
  for (let waitMs = intervals.acceptancePollMs; !signal.aborted; waitMs *= 2) {
    const obstacle = await clusters.find(cluster, { signal }).then(missingIn, reasonOf);
    if (obstacle === undefined || signal.aborted) return;
    if (obstacle !== said) log.info({ cluster, obstacle }, 'waiting for the hub to let the agent in');
    said = obstacle;
    // A little apart, so that a fleet that waits for one hub does not ask in step.
    await clock.sleep(Math.min(waitMs, intervals.acceptancePollMaxMs) * (0.75 + random() / 4), signal);
  }
}

const NOT_ACCEPTED = 'the cluster is not accepted: set hubAcceptsClient of the ManagedCluster on the hub';

function missingIn(cluster: ManagedCluster | undefined): string | undefined {
  if (cluster === undefined) return 'the ManagedCluster has been deleted on the hub: create it again';
  return isConditionTrue(cluster.status?.conditions, clusterConditions.hubAccepted.type) ? undefined : NOT_ACCEPTED;
}

function reasonOf(error: unknown): string {
  if (isKubeError(error, 'forbidden')) return NOT_ACCEPTED;
  return error instanceof Error ? error.message : String(error);
}
