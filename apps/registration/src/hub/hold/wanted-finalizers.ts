import { finalizers, type ManagedCluster, semanticEqual, withFinalizer } from '@ocm/api';

/** The finalizers that a cluster that is not being deleted carries: any has that of the clean-up, an accepted one that of its permissions. */
export function wantedFinalizers(
  { metadata, spec }: ManagedCluster,
  gates: { readonly ResourceCleanup: boolean },
): readonly string[] {
  const present = metadata.finalizers ?? [];
  const ofPermissions = spec?.hubAcceptsClient === true ? withFinalizer(present, finalizers.cluster) : present;
  return gates.ResourceCleanup ? withFinalizer(ofPermissions, finalizers.clusterResources) : ofPermissions;
}

/** Whether a cluster has all of them. */
export function isHeld(cluster: ManagedCluster, gates: { readonly ResourceCleanup: boolean }): boolean {
  return semanticEqual(cluster.metadata.finalizers, wantedFinalizers(cluster, gates));
}
