import { clusterLeaseName } from '@ocm/api';
import { type Clock, type Controller, defineController, done, every, type Logger } from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import type { JoinedHub } from '../registration-driver.ts';
import { judgeHubContact } from './judge-hub-contact.ts';

export interface HubTimeoutContext {
  readonly leases: Pick<JoinedHub['leases'], 'get'>;
  readonly cluster: string;
  readonly timeoutMs: number;
  readonly intervals: Pick<AgentIntervals, 'hubContactCheckMs' | 'hubContactGraceMs' | 'leaseAttemptMs'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Ends the agent when it has been without its hub for too long, so that it looks for another one (registration 17). */
export function hubTimeoutController(context: HubTimeoutContext, end: (reason: string) => void): Controller {
  const { leases, cluster, timeoutMs, intervals, clock, log } = context;
  // On a hub that comes back, the lease is stale until the agent has renewed it.
  const firstLookMs = clock.now().getTime() + intervals.hubContactGraceMs;
  let remembered: Date | undefined;

  async function renewTime(outer: AbortSignal): Promise<Date | undefined> {
    const signal = AbortSignal.any([outer, AbortSignal.timeout(intervals.leaseAttemptMs)]);
    try {
      const { spec } = await leases.get({ namespace: cluster, name: clusterLeaseName }, { signal });
      return spec?.renewTime === undefined ? undefined : new Date(spec.renewTime);
    } catch (error) {
      if (!outer.aborted) log.warn({ cluster, error }, 'the lease of the cluster cannot be read');
      return undefined;
    }
  }

  return defineController({
    name: 'HubTimeoutController',
    watches: [every(intervals.hubContactCheckMs, cluster, { clock })],
    async reconcile(_key, signal) {
      if (clock.now().getTime() < firstLookMs) return done();
      const renewed = await renewTime(signal);
      if (signal.aborted) return done();
      const verdict = judgeHubContact({ renewed, remembered }, timeoutMs, clock.now());
      if (verdict.kind === 'stay') ({ remembered } = verdict);
      else end(`no contact with the hub since ${verdict.since.toISOString()}`);
      return done();
    },
  });
}
