/**
 * The work manager in process, without flags, leader election or serving. Tests start it as
 *
 *     await runManager({ client, gates: { ManifestWorkReplicaSet: true }, signal, log });
 *
 * It resolves when the signal has fired and every running reconcile has ended, and rejects with the first fatal error (a cache that does
 * not sync).
 */
import { type Clock, type KubeClient, type KubeMetrics, type Logger, run, systemClock } from '@ocm/kube';
import { createManagerContext, type ManagerIntervals, standardIntervals } from './manager-context.ts';
import { managerControllers, type ManagerGates } from './manager-controllers.ts';
import type { HubWorks } from './works/hub-works.ts';
import { kubeHubWorks } from './works/kube-hub-works.ts';

export interface ManagerOptions {
  /** The hub: replica sets, Placements and their decisions. */
  readonly client: KubeClient;
  /** Where works are; by default on the hub as well. */
  readonly works?: HubWorks;
  readonly gates: Partial<ManagerGates>;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly metrics?: KubeMetrics;
  readonly intervals?: Partial<ManagerIntervals>;
  /** Names the process in events. */
  readonly instance?: string;
  /** How long the caches may take until the process gives up. */
  readonly syncTimeoutMs?: number;
}

export async function runManager(options: ManagerOptions): Promise<void> {
  const {
    client,
    gates,
    signal,
    log,
    clock = systemClock,
    metrics,
    instance = 'work-manager',
    syncTimeoutMs,
  } = options;
  const intervals = { ...standardIntervals, ...options.intervals };
  const common = { clock, log, ...(metrics === undefined ? {} : { metrics }) };
  const works = options.works ?? kubeHubWorks({ ...common, client, resyncMs: intervals.resyncMs });
  const context = createManagerContext({ client, works, intervals, clock, log, metrics, instance });
  await run(managerControllers(context, gates), {
    ...common,
    signal,
    ...(syncTimeoutMs === undefined ? {} : { syncTimeoutMs }),
  });
}
