import { clusterConditions, type Condition, findCondition, type ManagedCluster, setCondition } from '@ocm/api';
import { type Controller, defineController, done, requeueAfter } from '@ocm/kube';
import { byNameWhenChanged, byNamespaceWhenChanged, type HubContext } from '../hub-context.ts';
import { leaseGraceMs } from '../lease/lease-grace.ts';
import { judgeAddOn } from './judge-add-on.ts';

/** Marks the add-ons of a cluster Unknown when the cluster is. */
export function addOnHealthController({
  clusters,
  addOns,
  clock,
}: Pick<HubContext, 'clusters' | 'addOns' | 'clock'>): Controller {
  return defineController({
    name: 'ManagedClusterAddonHealthCheckController',
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      // New ones. What an agent reports of its add-ons is not contradicted at once: if it runs after all, neither would ever give in.
      addOns.cache.events(byNamespaceWhenChanged(({ metadata }) => metadata.uid)),
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined || !isUnknown(cluster)) return done();
      const concerned = addOns.cache.by('cluster', name).filter((addOn) => judgeAddOn(cluster, addOn) !== undefined);
      for (const { metadata } of concerned) {
        // The cache holds one condition of many, and the status is written as a whole.
        const addOn = await addOns.live.find(metadata, { signal });
        // The cluster may have come back since, and then its agent has reported the add-ons anew.
        const now = clusters.cache.get(name);
        if (addOn === undefined || now === undefined) continue;
        const verdict = judgeAddOn(now, addOn);
        if (verdict === undefined) continue;
        const conditions = setCondition(addOn.status?.conditions, verdict, clock.now());
        await addOns.live.patchStatus(addOn, { ...addOn.status, conditions }, { signal });
      }
      return requeueAfter(leaseGraceMs(cluster));
    },
  });
}

function whatDecides(cluster: ManagedCluster): unknown {
  return { uid: cluster.metadata.uid, available: availableOf(cluster) };
}

function isUnknown(cluster: ManagedCluster): boolean {
  return availableOf(cluster)?.status === 'Unknown';
}

function availableOf({ status }: ManagedCluster): Condition | undefined {
  return findCondition(status?.conditions, clusterConditions.available.type);
}
