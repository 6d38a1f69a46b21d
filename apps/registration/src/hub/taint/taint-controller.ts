import { clusterConditions, findCondition, isDeleting, type ManagedCluster } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import { isHeld } from '../hold/wanted-finalizers.ts';
import { byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { decideTaints } from './decide-taints.ts';

/** Keeps the automatic taints of a cluster in line with its Available condition. */
export function taintController({ clusters, settings }: Pick<HubContext, 'clusters' | 'settings'>): Controller {
  return defineController({
    name: 'taintController',
    watches: [clusters.cache.events(byNameWhenChanged(whatDecides))],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined || isDeleting(cluster)) return done();
      // Whoever puts the finalizers on brings the taints along; the event of that write comes here again.
      if (!isHeld(cluster, settings.gates)) return done();
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
  const { uid, finalizers } = metadata;
  return { uid, finalizers, accepts: spec?.hubAcceptsClient, taints: spec?.taints, available: available?.status };
}
