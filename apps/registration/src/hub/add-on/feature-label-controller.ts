import { clusterConditions, findCondition, type ManagedCluster } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import { byNameWhenChanged, byNamespaceWhenChanged, type HubContext } from '../hub-context.ts';
import { planFeatureLabels } from './plan-feature-labels.ts';

/** Labels each cluster with its add-ons and their health, so that Placements can select by them. */
export function featureLabelController({ clusters, addOns }: Pick<HubContext, 'clusters' | 'addOns'>): Controller {
  return defineController({
    name: 'AddOnFeatureDiscoveryController',
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      addOns.cache.events(
        byNamespaceWhenChanged(({ metadata, status }) => [metadata.deletionTimestamp, status?.conditions]),
      ),
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined) return done();
      const plan = planFeatureLabels(cluster, addOns.cache.by('cluster', name));
      if (plan.kind === 'change') await clusters.live.patchMetadata(cluster, { labels: plan.labels }, { signal });
      return done();
    },
  });
}

function whatDecides({ metadata, status }: ManagedCluster): unknown {
  const { uid, deletionTimestamp, labels } = metadata;
  const isKnown = findCondition(status?.conditions, clusterConditions.available.type) !== undefined;
  return { uid, deletionTimestamp, labels, isKnown };
}
