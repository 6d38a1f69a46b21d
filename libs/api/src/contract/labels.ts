/** Label keys that clients and components rely on. Keys that contain a name come from `addOnFeatureLabel` and `managedNamespaceLabel`. */
export const labels = {
  /** ManagedCluster: the one exclusive set that the cluster is in. */
  clusterSet: 'cluster.open-cluster-management.io/clusterset',
  /** The cluster that a hub object belongs to; empty on the two ClusterRoles that all clusters share. */
  clusterName: 'open-cluster-management.io/cluster-name',
  /** PlacementDecision: name of the Placement. */
  placement: 'cluster.open-cluster-management.io/placement',
  /** PlacementDecision: number of the decision group, counted from 0. */
  decisionGroupIndex: 'cluster.open-cluster-management.io/decision-group-index',
  /** PlacementDecision: name of the decision group; may be empty. */
  decisionGroupName: 'cluster.open-cluster-management.io/decision-group-name',
  /** ClusterClaim, ClusterProperty: present means "do not report to the hub". */
  spokeOnly: 'open-cluster-management.io/spoke-only',
  /** ManifestWork: `<namespace>.<name>` of the owning replica set. */
  replicaSet: 'work.open-cluster-management.io/manifestworkreplicaset',
  /** ManifestWork: the Placement through which the replica set chose the cluster. */
  placementName: 'work.open-cluster-management.io/placementname',
  /** The add-on that a hub object belongs to. */
  addOnName: 'open-cluster-management.io/addon-name',
  /** ManifestWork in another cluster's namespace: namespace of the ManagedClusterAddOn (hosted mode). */
  addOnNamespace: 'open-cluster-management.io/addon-namespace',
  /** RoleBindings made for templated add-ons: marks them; the value is empty. */
  addOnTemplateName: 'open-cluster-management.io/addon-template-name',
  /** Namespaces: `true` asks for a copy of the image pull secret and the TLS profile. */
  addOnInstallNamespace: 'addon.open-cluster-management.io/namespace',
  /** ServiceAccount, Role, RoleBinding: `true` marks what belongs to the token driver. */
  tokenInfrastructure: 'addon.open-cluster-management.io/token-infrastructure',
  /** Name of the add-on on the objects of the token driver. */
  tokenAddOnName: 'addon.open-cluster-management.io/name',
  /** ClusterRoles on the managed cluster: `true` gives their rules to the work agent. */
  aggregateToWork: 'open-cluster-management.io/aggregate-to-work',
  /** Everything the hub operator creates: name of the ClusterManager. */
  createdByClusterManager: 'open-cluster-management.io/created-by-clustermanager',
  /** Everything the klusterlet operator creates: name of the Klusterlet. */
  createdByKlusterlet: 'open-cluster-management.io/created-by-klusterlet',
  /** Agent namespace: name of the Klusterlet. */
  klusterlet: 'operator.open-cluster-management.io/klusterlet',
  /** ManifestWork on the agent side of a message broker: the source that sent it. */
  originalSource: 'cloudevents.open-cluster-management.io/originalsource',
  /** ClusterProfile: who manages it. */
  clusterProfileManager: 'x-k8s.io/cluster-manager',
  /** ClusterProfile: value of the set label of the cluster. */
  clusterProfileSet: 'multicluster.x-k8s.io/clusterset',
  /** PlacementDecision of the multicluster group: the slices of one decision. */
  sigDecisionKey: 'multicluster.x-k8s.io/decision-key',
  /** PlacementDecision of the multicluster group: order of the slice, from 0. */
  sigDecisionIndex: 'multicluster.x-k8s.io/decision-index',
  /** PlacementDecision of the multicluster group: the workload behind the decision. */
  sigPlacementKey: 'multicluster.x-k8s.io/placement-key',
} as const;

/** Values of the add-on feature label of a ManagedCluster (registration 19). */
export const addOnHealth = { available: 'available', unhealthy: 'unhealthy', unreachable: 'unreachable' } as const;

/** Value of the manager label, and of `spec.clusterManager.name`, of the ClusterProfiles that the hub keeps (registration 20). */
export const clusterProfileManager = 'open-cluster-management';
