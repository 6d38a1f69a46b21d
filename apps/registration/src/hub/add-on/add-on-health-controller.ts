import { clusterConditions, findCondition, type ManagedCluster, setCondition } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import { byNameWhenChanged, byNamespaceWhenChanged, type HubContext } from '../hub-context.ts';
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
      addOns.cache.events(byNamespaceWhenChanged(({ status }) => status?.conditions)),
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined) return done();
      const concerned = addOns.cache.by('cluster', name).filter((addOn) => judgeAddOn(cluster, addOn) !== undefined);
      for (const { metadata } of concerned) {
        // The cache holds one condition of many, and the status is written as a whole.
        const addOn = await addOns.live.find(metadata, { signal });
        const verdict = addOn === undefined ? undefined : judgeAddOn(cluster, addOn);
        if (addOn === undefined || verdict === undefined) continue;
        const conditions = setCondition(addOn.status?.conditions, verdict, clock.now());
        await addOns.live.patchStatus(addOn, { ...addOn.status, conditions }, { signal });
      }
      return done();
    },
  });
}

function whatDecides({ metadata, status }: ManagedCluster): unknown {
  return { uid: metadata.uid, available: findCondition(status?.conditions, clusterConditions.available.type) };
}
