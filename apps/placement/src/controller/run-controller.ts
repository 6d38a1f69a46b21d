import { hostname } from 'node:os';
import { leaderElectionLeases } from '@ocm/api';
import { leadUntilStopped, limitGarbageSpace, limitHeapGrowth, openComponent, type ProcessContext } from '@ocm/service';
import { buildInfo } from '../build-info.ts';
import type { ControllerConfig } from './controller-flags.ts';
import { runPlacement } from './run-placement.ts';
import { createSchedulingMetrics } from './scheduling-metrics.ts';

const GARBAGE_BYTES = 8 * 1024 * 1024;
/** With 5,000 clusters and 655 placements 129 MB resident instead of 158, for the same processor time. */
const GROWTH_PERCENT = 80;

/** `placement controller`: serves health and metrics, and schedules while it is the leader. */
export async function runController(config: ControllerConfig, context: ProcessContext): Promise<void> {
  limitGarbageSpace(GARBAGE_BYTES);
  limitHeapGrowth(GROWTH_PERCENT);
  const { clock, log } = context;
  const identity = { userAgent: 'placement-controller', build: buildInfo };
  await using component = await openComponent(config, identity, context);
  const { client, namespace, metrics } = component;
  const scheduling = createSchedulingMetrics();
  await component.serve({ health: [], sources: [scheduling.source], version: true });
  const instance = `placement-controller-${hostname()}`;
  const lead = (signal: AbortSignal): Promise<void> =>
    runPlacement({ client, signal, log, clock, kubeMetrics: metrics.kube, metrics: scheduling, instance });
  await leadUntilStopped(
    lead,
    { config, client, namespace, name: leaderElectionLeases.placementController, metrics: metrics.kube },
    context,
  );
}
