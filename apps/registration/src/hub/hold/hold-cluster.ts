import type { ManagedCluster } from '@ocm/api';
import type { HubContext } from '../hub-context.ts';
import { decideTaints } from '../taint/decide-taints.ts';
import { isHeld, wantedFinalizers } from './wanted-finalizers.ts';

/**
 * Puts the finalizers on a cluster, and with them, as it is one write anyway, the taints that it should have: two controllers that write
 * to a new cluster at the same time would stand in each other's way. Returns the cluster as it is then.
 */
export async function holdCluster(
  { clusters, settings }: Pick<HubContext, 'clusters' | 'settings'>,
  cluster: ManagedCluster,
  signal: AbortSignal,
): Promise<ManagedCluster> {
  if (isHeld(cluster, settings.gates)) return cluster;
  const { name, uid, resourceVersion } = cluster.metadata;
  const plan = decideTaints(cluster);
  const patch = {
    metadata: { uid, resourceVersion, finalizers: wantedFinalizers(cluster, settings.gates) },
    ...(plan.kind === 'replace' ? { spec: { taints: plan.taints } } : {}),
  };
  const held = await clusters.live.mergePatch(name, patch, { signal });
  clusters.cache.learn(held);
  return held;
}
