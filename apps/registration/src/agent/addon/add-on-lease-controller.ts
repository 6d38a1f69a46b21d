import {
  clusterConditions,
  findCondition,
  type Lease,
  type ManagedCluster,
  type ManagedClusterAddOn,
  semanticEqual,
  setCondition,
} from '@ocm/api';
import {
  asError,
  type Clock,
  type Controller,
  defineController,
  done,
  type Logger,
  type ObjectEvent,
  requeueAfter,
  type Resource,
  retry,
} from '@ocm/kube';
import type { AgentIntervals } from '../intervals.ts';
import type { AddOnHub, JoinedHub } from '../registration-driver.ts';
import { installLocation } from './install-location.ts';
import { judgeAddOnLease } from './judge-add-on-lease.ts';

export interface AddOnLeaseContext {
  readonly addOns: Pick<AddOnHub, 'live' | 'cache'>;
  readonly cluster: string;
  readonly ownCluster: JoinedHub['ownCluster'];
  /** Leases on the managed cluster, and on the one that hosts the agents of hosted add-ons. */
  readonly leases: Readonly<Record<'spoke' | 'management', Pick<Resource<Lease>, 'find'>>>;
  readonly clock: Pick<Clock, 'now'>;
  readonly intervals: Pick<AgentIntervals, 'addOnLeaseCheckMs'>;
  readonly log: Logger;
}

/** Reports the health of the add-ons by the leases of their agents, while the hub hears of the cluster (registration 18.4). */
export function addOnLeaseController(context: AddOnLeaseContext): Controller {
  const { addOns, cluster, ownCluster, leases, clock, intervals, log } = context;

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
    watches: [
      addOns.cache.events(byNameWhenMoved),
      ownCluster.events((event) => (isReturn(event) ? addOns.cache.list().map(({ metadata }) => metadata.name) : [])),
    ],
    async reconcile(name, signal) {
      const addOn = addOns.cache.get({ namespace: cluster, name });
      // Its return, or another mode, is an event.
      if (addOn === undefined || modeOf(addOn) === 'Customized') return done();
      const nextMs = intervals.addOnLeaseCheckMs;
      // The hub calls the add-ons of an Unknown cluster Unknown, too: the word of the agent on its cluster comes first.
      if (isUnknown(ownCluster.get(cluster))) return requeueAfter(nextMs);
      return report(addOn, signal).then(
        () => requeueAfter(nextMs),
        // However long the hub has refused it, the next check is not put off.
        (error: unknown) => retry(asError(error), { atMostMs: nextMs }),
      );
    },
  });
}

/** What is written about its health, here or on the hub, is no reason to look: that is done at intervals. */
function byNameWhenMoved(event: ObjectEvent<ManagedClusterAddOn>): string | undefined {
  const isSame = event.type === 'updated' && semanticEqual(whereAndHow(event.object), whereAndHow(event.previous));
  return isSame ? undefined : event.object.metadata.name;
}

function whereAndHow(addOn: ManagedClusterAddOn): unknown {
  return { location: installLocation(addOn), mode: modeOf(addOn) };
}

function modeOf({ status }: ManagedClusterAddOn): string | undefined {
  return status?.healthCheck?.mode;
}

function isReturn(event: ObjectEvent<ManagedCluster>): boolean {
  return event.type === 'updated' && isUnknown(event.previous) && !isUnknown(event.object);
}

function isUnknown(cluster: ManagedCluster | undefined): boolean {
  return findCondition(cluster?.status?.conditions, clusterConditions.available.type)?.status === 'Unknown';
}
