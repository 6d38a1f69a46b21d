import { clusterLeaseName, type Lease, microTimestamp } from '@ocm/api';
import type { Clock, Logger, Resource } from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';

/** The lease to renew and how often. */
export interface LeaseTarget {
  readonly cluster: string;
  readonly durationMs: number;
}

export interface RenewContext {
  readonly leases: Pick<Resource<Lease>, 'get' | 'replace'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly intervals: Pick<AgentIntervals, 'leaseAttemptMs'>;
  readonly log: Logger;
}

/** Renews at once and then every one to one and a quarter durations, until the signal fires (registration 11.1). */
export async function renewLoop(context: RenewContext, target: LeaseTarget, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = context;
  while (!signal.aborted) {
    await renew(context, target, signal).catch((error: unknown) => {
      if (!signal.aborted)
        log.warn({ cluster: target.cluster, error }, 'lease not renewed; next attempt in one period');
    });
    await clock.sleep(target.durationMs * (1 + random() / 4), signal);
  }
}

/** The hub makes the lease; an absent one is an error like any other. */
async function renew(
  { leases, clock, intervals }: RenewContext,
  { cluster }: LeaseTarget,
  signal: AbortSignal,
): Promise<void> {
  const attempt = { signal: AbortSignal.any([signal, AbortSignal.timeout(intervals.leaseAttemptMs)]) };
  const lease = await leases.get({ namespace: cluster, name: clusterLeaseName }, attempt);
  await leases.replace({ ...lease, spec: { ...lease.spec, renewTime: microTimestamp(clock.now()) } }, attempt);
}
