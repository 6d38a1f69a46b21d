import { clusterConditions, findCondition, isDeleting, type ManagedCluster } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import { byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { decideTaints } from './decide-taints.ts';

/** Keeps the automatic taints of a cluster in line with its Available condition. */
export function taintController({ clusters }: Pick<HubContext, 'clusters'>): Controller {
  return defineController({
    name: 'taintController',
    watches: [clusters.cache.events(byNameWhenChanged(whatDecides))],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined || isDeleting(cluster)) return done();
      const plan = decideTaints(cluster);
      if (plan.kind === 'replace') {
        await clusters.live.patchSpec(cluster, { ...cluster.spec, taints: plan.taints }, { signal });
      }
      return done();
    },
  });
}

/** What the taints of a cluster depend on. */
function whatDecides({ metadata, spec, status }: ManagedCluster): unknown {
  const available = findCondition(status?.conditions, clusterConditions.available.type);
  return { uid: metadata.uid, taints: spec?.taints, available: available?.status };
}
