/** Annotation keys that clients and components rely on. */
export const annotations = {
  /** ManagedCluster: ARN of an EKS cluster (driver awsirsa). */
  managedClusterArn: 'agent.open-cluster-management.io/managed-cluster-arn',
  /** ManagedCluster: suffix of the IAM role of an EKS cluster (driver awsirsa). */
  managedClusterIamRoleSuffix: 'agent.open-cluster-management.io/managed-cluster-iam-role-suffix',
  /** ManagedCluster: RFC 3339 time of the one automatic acceptance; its presence prevents a second one. */
  automaticallyAcceptedOn: 'open-cluster-management.io/automatically-accepted-on',
  /** ManagedCluster: JSON `{"registries":[{"source":…,"mirror":…}]}` that rewrites images of add-ons. */
  imageRegistries: 'open-cluster-management.io/image-registries',
  /** ManagedCluster: exactly `true` means "never report an unsynced clock". */
  skipClockSyncCheck: 'registration.open-cluster-management.io/skip-clock-sync-check',
  /** ManagedCluster: `<namespace>/<name>` of the Cluster API cluster to import. */
  capiCluster: 'cluster.x-k8s.io/cluster',
  /** ManagedClusterAddOn, ManifestWork: 0 to 100, later with larger values, when a deleted cluster is cleaned. */
  cleanupPriority: 'open-cluster-management.io/cleanup-priority',
  /** ManagedClusterSet: `false` means "leave the selector alone". */
  autoUpdate: 'cluster.open-cluster-management.io/autoupdate',
  /** Placement: `true` means "do not schedule". */
  schedulingDisabled: 'cluster.open-cluster-management.io/experimental-scheduling-disable',
  /** ManifestWork of an add-on: JSON map from config key to spec hash. Applied objects: hash without the ignored fields. */
  configSpecHash: 'open-cluster-management.io/config-spec-hash',
  /** Services and CSIDrivers applied with `Update` (work 2.5). */
  specHash: 'operator.openshift.io/spec-hash',
  /** ManagedClusterAddOn: the cluster that runs the agent (hosted mode). */
  hostingClusterName: 'addon.open-cluster-management.io/hosting-cluster-name',
  /** Manifest of an add-on: `managed` (default), `hosting` or `none`. Also honoured as a label. */
  hostedManifestLocation: 'addon.open-cluster-management.io/hosted-manifest-location',
  /** Job or Pod of an add-on that runs before the add-on is deleted. Also honoured as a label. */
  addOnPreDelete: 'addon.open-cluster-management.io/addon-pre-delete',
  /** Manifest of an add-on that stays when the add-on is deleted. */
  addOnDeletionOrphan: 'addon.open-cluster-management.io/deletion-orphan',
  /** ManagedClusterAddOn: JSON values for the manifests. */
  addOnValues: 'addon.open-cluster-management.io/values',
  /** ManagedClusterAddOn in v1beta1: the `spec.installNamespace` of v1alpha1. */
  addOnInstallNamespace: 'addon.open-cluster-management.io/v1alpha1-install-namespace',
  /** ClusterManagementAddOn: `addon-manager` (as if absent); any other value turns the add-on manager off (addon 4.1). */
  addOnLifecycle: 'addon.open-cluster-management.io/lifecycle',
  /** CertificateSigningRequest: real user behind a request that the gRPC server passed on. */
  csrUser: 'open-cluster-management.io/csr-user',
  /** CRDs: version of the installer; an older one does not overwrite. */
  operatorVersion: 'operator.open-cluster-management.io/version',
  /** Klusterlet: start of the grace period when a hosted Klusterlet is deleted. */
  managedResourcesEviction: 'operator.open-cluster-management.io/managed-resources-eviction-timestamp',
  /** ManifestWork with a message broker: payload type. */
  eventDataType: 'cloudevents.open-cluster-management.io/datatype',
  /** ManifestWork with a message broker: generation of the spec. */
  eventResourceVersion: 'cloudevents.open-cluster-management.io/resourceversion',
  /** ManifestWork of a source outside Kubernetes: the resource id that the source gave to it. */
  eventResourceId: 'cloudevents.open-cluster-management.io/resourceid',
  /** ManifestWork of a source outside Kubernetes: JSON list of its owners there. */
  eventOwners: 'cloudevents.open-cluster-management.io/ownerreferences',
  /** ManifestWork with a message broker: order of status updates. */
  eventSequenceId: 'cloudevents.open-cluster-management.io/sequenceid',
  /** ManifestWork of a source with a message broker: the version that its status is about. Never sent. */
  eventReportedVersion: 'cloudevents.open-cluster-management.io/reported-version',
  /** ManifestWork on its way over a message broker: hash of the spec, by which a restarted source knows its own work again. */
  eventSpecHash: 'cloudevents.open-cluster-management.io/spec-hash',
} as const;

/** Prefixes of annotation keys. */
export const annotationPrefixes = {
  /** What an agent may set when it creates its ManagedCluster. */
  agent: 'agent.open-cluster-management.io',
  /** What is copied from a ManagedCluster to its add-ons (addon 4.2, 4.3). */
  addOn: 'addon.open-cluster-management.io',
  /** Tracing values that log records repeat; the rest of the key names the field. */
  logging: 'logging.open-cluster-management.io/',
} as const;
