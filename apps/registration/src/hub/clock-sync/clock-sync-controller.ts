import { clusterLeaseName, type Lease, setCondition } from '@ocm/api';
import { type Controller, defineController, done, type ObjectEvent } from '@ocm/kube';
import type { HubContext } from '../hub-context.ts';
import { judgeClock } from './judge-clock.ts';

/** Compares the clock of each agent with the hub's at the instant a lease is renewed. */
export function clockSyncController({
  clusters,
  leases,
  clock,
}: Pick<HubContext, 'clusters' | 'leases' | 'clock'>): Controller {
  return defineController({
    name: 'ClockSyncController',
    watches: [leases.cache.events(byNamespaceWhenRenewed)],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      const renewTime = leases.cache.get({ namespace: name, name: clusterLeaseName })?.spec?.renewTime;
      if (cluster === undefined || renewTime === undefined) return done();
      const now = clock.now();
      const verdict = judgeClock(cluster, renewTime, now);
      if (verdict === undefined) return done();
      const conditions = setCondition(cluster.status?.conditions, verdict, now);
      await clusters.live.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
      return done();
    },
  });
}

/** A lease that is only seen, after a start or a resync, was renewed at a time that says nothing about the clock. */
function byNamespaceWhenRenewed(event: ObjectEvent<Lease>): string | undefined {
  if (event.type !== 'updated') return undefined;
  const { object, previous } = event;
  return object.spec?.renewTime === previous.spec?.renewTime ? undefined : object.metadata.namespace;
}
