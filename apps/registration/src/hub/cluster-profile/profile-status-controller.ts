import { type ManagedCluster } from '@ocm/api';
import { type Controller, defineController, done } from '@ocm/kube';
import { byNameWhenChanged } from '../hub-context.ts';
import { isOurs, profileLabels, profileStatus } from './describe-profile.ts';
import type { ProfileContext } from './profile-lifecycle-controller.ts';

/** Keeps what the profiles of a cluster say about it, in all namespaces. */
export function profileStatusController({ clusters, profiles, clock }: Omit<ProfileContext, 'client'>): Controller {
  return defineController({
    name: 'ClusterProfileStatusController',
    watches: [
      clusters.cache.events(byNameWhenChanged(whatDecides)),
      profiles.cache.events(({ object }) => object.metadata.name),
    ],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined) return done();
      for (const profile of profiles.cache.by('name', name).filter(isOurs)) {
        const next = profileStatus(cluster, profile.status, clock.now());
        const written = await profiles.live.patchStatus(profile, next, { signal });
        await profiles.live.patchMetadata(written, { labels: profileLabels(cluster) }, { signal });
      }
      return done();
    },
  });
}

function whatDecides({ metadata: { uid, labels }, status }: ManagedCluster): unknown {
  const { version, clusterClaims, conditions } = status ?? {};
  return { uid, labels, version, clusterClaims, conditions };
}
