/** Finalizers, named after the object that carries them. */
export const finalizers = {
  /** ManagedCluster, until its hub permissions are gone. */
  cluster: 'cluster.open-cluster-management.io/api-resource-cleanup',
  /** ManagedCluster, until the objects in its namespace are gone (gate ResourceCleanup). */
  clusterResources: 'cluster.open-cluster-management.io/resource-cleanup',
  /** ManifestWork, until the agent has deleted the AppliedManifestWork. */
  work: 'cluster.open-cluster-management.io/manifest-work-cleanup',
  /** RoleBinding of the work agent, until no ManifestWork is left in the cluster namespace. */
  workRoleBinding: 'cluster.open-cluster-management.io/manifest-work-cleanup',
  /** AppliedManifestWork, until the applied objects are gone. */
  appliedWork: 'cluster.open-cluster-management.io/applied-manifest-work-cleanup',
  /** ManifestWorkReplicaSet, until its ManifestWorks are gone. */
  replicaSet: 'work.open-cluster-management.io/manifest-work-cleanup',
  /** ManagedClusterAddOn with hooks, until they have completed. */
  addOnPreDelete: 'addon.open-cluster-management.io/addon-pre-delete',
  /** ManagedClusterAddOn with hooks on a hosting cluster, until they have completed there. */
  addOnHostingPreDelete: 'addon.open-cluster-management.io/hosting-addon-pre-delete',
  /** Hosted ManagedClusterAddOn, until the manifests on the hosting cluster are gone. */
  addOnHostingManifests: 'addon.open-cluster-management.io/hosting-manifests-cleanup',
  /** ClusterManager, until the hub components are gone. */
  clusterManager: 'operator.open-cluster-management.io/cluster-manager-cleanup',
  /** Klusterlet, until the agent is gone. */
  klusterlet: 'operator.open-cluster-management.io/klusterlet-cleanup',
  /** Hosted Klusterlet, until what was put on the managed cluster is gone. */
  klusterletHosted: 'operator.open-cluster-management.io/klusterlet-hosted-cleanup',
} as const;

/** Former names of the finalizers of a ManagedClusterAddOn: removed when found, never added. */
export const deprecatedAddOnFinalizers: readonly string[] = [
  'cluster.open-cluster-management.io/addon-pre-delete',
  'cluster.open-cluster-management.io/hosting-addon-pre-delete',
  'cluster.open-cluster-management.io/hosting-manifests-cleanup',
];
