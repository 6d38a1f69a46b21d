import {
  annotations,
  clusterConditions,
  type ConditionUpdate,
  findCondition,
  type Lease,
  type ManagedCluster,
  type Timestamp,
} from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';
import { leaseGraceMs } from '../lease/lease-grace.ts';

const { clockSynced } = clusterConditions;
const OUT_OF_SYNC =
  'The clocks of the hub and of the managed cluster are out of sync. The availability of the managed cluster may become Unknown, and the agent reports no status until the clocks agree.';

/**
 * The cluster whose agent has just renewed its lease, if that is what an event of the lease says. A lease that is only seen, after a start or
 * a resync, was renewed at a time that says nothing about the clock.
 */
export function renewedCluster(event: ObjectEvent<Lease>): string | undefined {
  if (event.type !== 'updated') return undefined;
  const { object, previous } = event;
  return object.spec?.renewTime === previous.spec?.renewTime ? undefined : object.metadata.namespace;
}

/**
 * The ClockSynced condition to write when a lease has just been renewed, or `undefined` when its status stays (registration 11.3).
 *
 * @param renewTime the agent's clock at the renewal
 * @param now the hub's clock
 */
export function judgeClock(cluster: ManagedCluster, renewTime: Timestamp, now: Date): ConditionUpdate | undefined {
  const isSkipped = cluster.metadata.annotations?.[annotations.skipClockSyncCheck] === 'true';
  const isSynced = isSkipped || Math.abs(now.getTime() - Date.parse(renewTime)) < leaseGraceMs(cluster);
  const verdict = isSynced ? clockSynced.synced : { ...clockSynced.outOfSync, message: OUT_OF_SYNC };
  const present = findCondition(cluster.status?.conditions, clockSynced.type);
  return present?.status === verdict.status ? undefined : verdict;
}
