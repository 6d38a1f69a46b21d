import { clusterLeaseName, type Lease, microTimestamp } from '@ocm/api';
import type { Clock, Logger, Resource } from '@ocm/kube';
import type { ConnectionJournal } from '../diagnosis/connection-journal.ts';
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
  /** Told how each attempt went. */
  readonly note?: ConnectionJournal['noteLease'];
  readonly log: Logger;
}

/** Renews at once and then every one to one and a quarter durations, until the signal fires (registration 11.1). */
export async function renewLoop(context: RenewContext, target: LeaseTarget, signal: AbortSignal): Promise<void> {
  const { clock, random, note, log } = context;
  while (!signal.aborted) {
    try {
      await renew(context, target, signal);
      note?.({ kind: 'renewed', at: clock.now() });
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ cluster: target.cluster, error }, 'lease not renewed; next attempt in one period');
      note?.({ kind: 'failed', problem: error instanceof Error ? error.message : String(error) });
    }
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
