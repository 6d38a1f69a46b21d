/**
 * The placement controller in process, without flags, leader election or serving. Tests start it as
 *
 *     await runPlacement({ client, signal, log });
 *
 * It resolves when the signal has fired and every running reconcile has ended, and rejects with the first fatal error (a cache that does
 * not sync).
 */
import { type Clock, eventRecorder, type KubeClient, type KubeMetrics, type Logger, run, systemClock } from '@ocm/kube';
import { BackgroundEvents } from './background-events.ts';
import { placementController } from './placement-controller.ts';
import { createPlacementContext } from './placement-context.ts';
import type { SchedulingMetrics } from './scheduling-metrics.ts';

export interface PlacementOptions {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly kubeMetrics?: KubeMetrics;
  readonly metrics?: SchedulingMetrics;
  /** Names the process in events. */
  readonly instance?: string;
  /** How often every Placement is looked at again; default 10 min (placement 13.5). */
  readonly resyncMs?: number;
  /** How long the caches may take until the process gives up. */
  readonly syncTimeoutMs?: number;
}

const RESYNC_MS = 10 * 60_000;

export async function runPlacement(options: PlacementOptions): Promise<void> {
  const { client, signal, log, clock = systemClock, kubeMetrics, metrics, syncTimeoutMs } = options;
  const { instance = 'placement-controller', resyncMs = RESYNC_MS } = options;
  const reporter = { reportingController: 'placement-controller', reportingInstance: instance };
  const events = new BackgroundEvents(eventRecorder({ client, clock, log, ...reporter }), { clock, log });
  const context = createPlacementContext({ client, log, clock, kubeMetrics, metrics, events, resyncMs });
  try {
    await run([placementController(context)], {
      signal,
      log,
      clock,
      ...(kubeMetrics === undefined ? {} : { metrics: kubeMetrics }),
      ...(syncTimeoutMs === undefined ? {} : { syncTimeoutMs }),
    });
  } finally {
    await events.close();
  }
}
