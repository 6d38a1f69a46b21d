import { type ManagedCluster, setCondition } from '@ocm/api';
import type { Clock, KubeClient } from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import { judgeHealth } from './judge-health.ts';
import { probeApiServer } from './probe-api-server.ts';
import type { StageResult, StatusStage } from './status-stage.ts';

export interface AvailableContext {
  readonly spoke: Pick<KubeClient, 'request'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly intervals: Pick<AgentIntervals, 'unhealthyGraceMs' | 'unhealthyRecheckMs'>;
}

/** Reports whether the cluster's API server is well. The row of failures is remembered here and lost with the process. */
export function availableStage({ spoke, clock, intervals }: AvailableContext): StatusStage {
  let failingSinceMs: number | undefined;
  return async (cluster: ManagedCluster, signal): Promise<StageResult> => {
    const probe = await probeApiServer(spoke, signal);
    const now = clock.now();
    const health = judgeHealth(probe, { failingSinceMs, graceMs: intervals.unhealthyGraceMs, nowMs: now.getTime() });
    failingSinceMs = health.kind === 'available' ? undefined : health.failingSinceMs;
    const { status = {} } = cluster;
    const recheckMs = intervals.unhealthyRecheckMs;
    if (health.kind === 'wavering') return { kind: 'stop', status, recheckMs };
    const next = { ...status, conditions: setCondition(status.conditions, health.condition, now) };
    return health.kind === 'available' ? { kind: 'continue', status: next } : { kind: 'stop', status: next, recheckMs };
  };
}
