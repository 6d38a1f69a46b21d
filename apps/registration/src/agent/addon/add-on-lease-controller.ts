import { type Lease, type ManagedClusterAddOn, setCondition } from '@ocm/api';
import {
  type Clock,
  type Controller,
  defineController,
  done,
  type Logger,
  requeueAfter,
  type Resource,
} from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import type { AddOnHub } from '../registration-driver.ts';
import { installLocation } from './install-location.ts';
import { judgeAddOnLease } from './judge-add-on-lease.ts';

export interface AddOnLeaseContext {
  readonly addOns: Pick<AddOnHub, 'live' | 'cache'>;
  readonly cluster: string;
  /** Leases on the managed cluster, and on the one that hosts the agents of hosted add-ons. */
  readonly leases: Readonly<Record<'spoke' | 'management', Pick<Resource<Lease>, 'find'>>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly intervals: Pick<AgentIntervals, 'addOnLeaseCheckMs'>;
  readonly log: Logger;
}

/** Reports the health of the add-ons by the leases of their agents (registration 18.4). */
export function addOnLeaseController(context: AddOnLeaseContext): Controller {
  const { addOns, cluster, leases, clock, intervals, log } = context;

  async function report(addOn: ManagedClusterAddOn, signal: AbortSignal): Promise<void> {
    const { name } = addOn.metadata;
    const { namespace, hostingCluster } = installLocation(addOn);
    const where = hostingCluster === undefined ? leases.spoke : leases.management;
    const lease = await where.find({ namespace, name }, { signal }).catch((error: unknown) => {
      log.warn({ addon: name, namespace, error }, 'lease of the add-on cannot be read; its health stays as reported');
      return 'unknown' as const;
    });
    if (lease === 'unknown') return;
    const now = clock.now();
    const condition = judgeAddOnLease({ addOn: name, lease, hostingCluster }, now);
    const conditions = setCondition(addOn.status?.conditions, condition, now);
    await addOns.live.patchStatus(addOn, { ...addOn.status, conditions }, { signal });
  }

  return defineController({
    name: 'ManagedClusterAddOnLeaseController',
    watches: [addOns.cache.events(({ object }) => object.metadata.name)],
    async reconcile(name, signal) {
      const addOn = addOns.cache.get({ namespace: cluster, name });
      // Its return, or another mode, is an event.
      if (addOn === undefined || addOn.status?.healthCheck?.mode === 'Customized') return done();
      await report(addOn, signal);
      return requeueAfter(intervals.addOnLeaseCheckMs);
    },
  });
}
