import type { ManagedCluster, ManagedClusterStatus } from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  type Logger,
  type Outcome,
  requeueAfter,
  retry,
  type WatchSource,
} from '@ocm/kube';
import type { JoinedHub } from '../registration-driver.ts';
import { availabilityEvent } from './availability-event.ts';
import { mayWriteStatus } from './clock-guard.ts';
import type { StatusStage } from './status-stage.ts';

export interface StatusContext {
  readonly hub: Pick<JoinedHub, 'clusters' | 'ownCluster' | 'events'>;
  /** In this order; each may stop those after it. */
  readonly stages: readonly StatusStage[];
  /** Events of the cluster and of what the stages report, and the resync. All keys are the cluster's name. */
  readonly watches: readonly WatchSource[];
  readonly log: Logger;
}

/** What all stages together came to. */
interface Report {
  readonly status: ManagedClusterStatus;
  readonly errors: readonly Error[];
  readonly recheckMs: number | undefined;
}

/** Reports the state of the cluster in the status of its ManagedCluster, in one patch (registration 11.4). */
export function statusController({ hub, stages, watches, log }: StatusContext): Controller {
  async function write(cluster: ManagedCluster, status: ManagedClusterStatus, signal: AbortSignal): Promise<void> {
    const written = await hub.clusters.patchStatus(cluster, status, { signal });
    const event = availabilityEvent(cluster, written);
    if (event === undefined) return;
    log.info({ cluster: written.metadata.name, event: event.reason }, 'availability of the cluster changed');
    await hub.events.record(event, { signal });
  }

  return defineController({
    name: 'ManagedClusterStatusController',
    watches,
    workers: 1,
    async reconcile(name, signal) {
      const cluster = hub.ownCluster.get(name);
      // Deleted, or not visible yet; its return is an event.
      if (cluster === undefined) return done();
      const report = await runStages(stages, cluster, signal);
      if (mayWriteStatus(cluster)) await write(cluster, report.status, signal);
      else log.warn({ cluster: name }, 'no status is written while the clocks of hub and cluster differ too much');
      return outcomeOf(report);
    },
  });
}

async function runStages(
  stages: readonly StatusStage[],
  cluster: ManagedCluster,
  signal: AbortSignal,
): Promise<Report> {
  const errors: Error[] = [];
  let status = cluster.status ?? {};
  for (const stage of stages) {
    const result = await stage({ ...cluster, status }, signal);
    status = result.status;
    if (result.error !== undefined) errors.push(result.error);
    if (result.kind === 'stop') return { status, errors, recheckMs: result.recheckMs };
  }
  return { status, errors, recheckMs: undefined };
}

function outcomeOf({ errors, recheckMs }: Report): Outcome {
  const [first, ...others] = errors;
  if (first === undefined) return recheckMs === undefined ? done() : requeueAfter(recheckMs);
  return retry(
    others.length === 0 ? first : new AggregateError(errors, errors.map(({ message }) => message).join('; ')),
  );
}
