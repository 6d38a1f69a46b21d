import { clusterConditions, type ConditionUpdate, isConditionTrue, setCondition } from '@ocm/api';
import type { Clock } from '@ocm/kube';
import type { JoinedHub } from '../registration-driver.ts';
import { mayWriteStatus } from './clock-guard.ts';

/** Writes one condition of the agent's own cluster; a cluster that is not there, not accepted or out of time is left alone. */
export function reportCondition(
  { clusters, ownCluster }: Pick<JoinedHub, 'clusters' | 'ownCluster'>,
  name: string,
  clock: Pick<Clock, 'now'>,
): (condition: ConditionUpdate, signal: AbortSignal) => Promise<void> {
  return async (condition, signal) => {
    const cluster = ownCluster.get(name);
    if (cluster === undefined || !mayWriteStatus(cluster)) return;
    if (!isConditionTrue(cluster.status?.conditions, clusterConditions.hubAccepted.type)) return;
    const conditions = setCondition(cluster.status?.conditions, condition, clock.now());
    await clusters.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
  };
}
