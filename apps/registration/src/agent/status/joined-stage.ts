import { clusterConditions, isConditionTrue, type ManagedCluster, setCondition } from '@ocm/api';
import type { Clock } from '@ocm/kube';
import type { StageResult, StatusStage } from './status-stage.ts';

/** Nothing is reported for a cluster that the hub has not accepted; Joined is set once and never taken back (registration 11.4). */
export function reportJoined(cluster: ManagedCluster, now: Date): StageResult {
  const { status = {} } = cluster;
  if (!isConditionTrue(status.conditions, clusterConditions.hubAccepted.type)) return { kind: 'stop', status };
  const conditions = setCondition(status.conditions, clusterConditions.joined.joined, now);
  return { kind: 'continue', status: { ...status, conditions } };
}

export function joinedStage(clock: Pick<Clock, 'now'>): StatusStage {
  return (cluster) => Promise.resolve(reportJoined(cluster, clock.now()));
}
