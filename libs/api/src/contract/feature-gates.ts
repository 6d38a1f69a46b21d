/** A process, or a role of one, that knows feature gates. */
export type GatedComponent =
  | 'registration-agent'
  | 'registration-controller'
  | 'registration-webhook'
  | 'grpc-server'
  | 'work-agent'
  | 'work-controller'
  | 'work-webhook'
  | 'placement'
  | 'addon-manager';

/** A switch for behaviour that is not settled yet. */
export interface FeatureGate {
  readonly components: readonly GatedComponent[];
  readonly default: boolean;
  readonly stage: 'alpha' | 'beta';
}

/** All feature gates of the product: the one source for flags, operators and documentation. */
export const featureGates = {
  ClusterClaim: { components: ['registration-agent'], default: true, stage: 'beta' },
  ClusterProperty: { components: ['registration-agent'], default: false, stage: 'alpha' },
  AddonManagement: { components: ['registration-agent', 'addon-manager'], default: true, stage: 'beta' },
  MultipleHubs: { components: ['registration-agent'], default: false, stage: 'alpha' },
  V1beta1CSRAPICompatibility: {
    components: ['registration-agent', 'registration-controller'],
    default: false,
    stage: 'alpha',
  },
  DefaultClusterSet: { components: ['registration-controller', 'registration-webhook'], default: true, stage: 'alpha' },
  ManagedClusterAutoApproval: { components: ['registration-controller'], default: false, stage: 'alpha' },
  ResourceCleanup: { components: ['registration-controller'], default: true, stage: 'beta' },
  ClusterProfile: { components: ['registration-controller'], default: false, stage: 'alpha' },
  ClusterImporter: { components: ['registration-controller'], default: false, stage: 'alpha' },
  /** Sources outside Kubernetes may deliver works through the gRPC server (cloudevents-grpc 12.5). */
  SourceSubscriptions: { components: ['grpc-server'], default: false, stage: 'alpha' },
  /** Declared, without effect. */
  SIGPlacementDecision: { components: ['placement'], default: false, stage: 'alpha' },
  PlacementDebugServer: { components: ['placement'], default: false, stage: 'alpha' },
  NilExecutorValidating: { components: ['work-webhook'], default: false, stage: 'alpha' },
  ManifestWorkReplicaSet: { components: ['work-controller', 'work-webhook'], default: false, stage: 'alpha' },
  /** Only the hub operator looks at it: it then passes the flags of the work driver on. */
  CloudEventsDrivers: { components: ['work-controller'], default: false, stage: 'alpha' },
  CleanUpCompletedManifestWork: { components: ['work-controller'], default: false, stage: 'alpha' },
  ExecutorValidatingCaches: { components: ['work-agent'], default: false, stage: 'alpha' },
  RawFeedbackJsonString: { components: ['work-agent'], default: false, stage: 'alpha' },
} as const satisfies Record<string, FeatureGate>;

/** Name of a feature gate as in `--feature-gates`. */
export type FeatureGateName = keyof typeof featureGates;

/** The gates of one component, or of the union of several. */
export type FeatureGateOf<C extends GatedComponent> = {
  [Name in FeatureGateName]: Extract<C, (typeof featureGates)[Name]['components'][number]> extends never ? never : Name;
}[FeatureGateName];
