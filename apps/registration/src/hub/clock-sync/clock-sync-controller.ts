import { clusterLeaseName, setCondition } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import type { HubContext } from '../hub-context.ts';
import { judgeClock, renewedCluster } from './judge-clock.ts';

/** Compares the clock of each agent with the hub's at the instant a lease is renewed. */
export function clockSyncController({
  clusters,
  leases,
  clock,
}: Pick<HubContext, 'clusters' | 'leases' | 'clock'>): Controller {
  return defineController({
    name: 'ClockSyncController',
    watches: [leases.cache.events(renewedCluster)],
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
