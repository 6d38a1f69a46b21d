import { ClusterProfile } from '@ocm/api';
import { type Controller, informer } from '@ocm/kube';
import type { HubContext } from '../hub-context.ts';
import { profileLifecycleController } from './profile-lifecycle-controller.ts';
import { profileStatusController } from './profile-status-controller.ts';

/** The inventory in the form of the multicluster group (gate ClusterProfile). */
export function profileControllers(context: HubContext): readonly Controller[] {
  const live = context.client.kind(ClusterProfile);
  const cache = informer(live, {
    ...context.cacheOptions,
    resyncMs: context.settings.resyncMs,
    transform: withoutProviders,
    indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ''], name: ({ metadata }) => [metadata.name] },
  });
  const profileContext = { ...context, profiles: { live, cache } };
  return [profileLifecycleController(profileContext), profileStatusController(profileContext)];
}

/** They belong to others, are large, and a patch by difference leaves them alone. */
function withoutProviders(profile: ClusterProfile): ClusterProfile {
  const { accessProviders: _, credentialProviders: __, ...status } = profile.status ?? {};
  return { ...profile, status };
}
