import type { CrdVersion } from './crd-schema.ts';

const ADD_ON_CONFIG_REFERENCES = {
  'status.installProgressions[]': 'InstallProgression',
  'status.installProgressions[].configReferences[]': 'InstallConfigReference',
  'status.installProgressions[].configReferences[].desiredConfig': 'ConfigSpecHash',
  'status.installProgressions[].configReferences[].lastAppliedConfig': 'ConfigSpecHash',
  'status.installProgressions[].configReferences[].lastKnownGoodConfig': 'ConfigSpecHash',
};

const INSTALL_STRATEGY = {
  'spec.addOnMeta': 'AddOnMeta',
  'spec.installStrategy': 'InstallStrategy',
  'spec.installStrategy.placements[]': 'InstallPlacement',
  'spec.installStrategy.placements[].configs[]': 'AddOnConfig',
  'spec.installStrategy.placements[].rolloutStrategy': 'RolloutStrategy',
};

const ADD_ON_STATUS = {
  'spec.configs[]': 'AddOnConfig',
  'status.addOnMeta': 'AddOnMeta',
  'status.configReferences[].desiredConfig': 'ConfigSpecHash',
  'status.configReferences[].lastAppliedConfig': 'ConfigSpecHash',
  'status.relatedObjects[]': 'RelatedObject',
  'status.supportedConfigs[]': 'ConfigGroupResource',
};

const OPERATOR_STATUS = {
  'status.generations[]': 'ResourceGeneration',
  'status.relatedResources[]': 'RelatedResource',
};

const NODE_PLACEMENT = {
  'spec.nodePlacement': 'NodePlacement',
  'spec.nodePlacement.tolerations[]': 'NodeToleration',
};

const OPERATOR_RESOURCES = {
  'spec.resourceRequirement': 'ResourceRequirement',
  'spec.resourceRequirement.resourceRequirements': 'ResourceRequirements',
};

/**
 * Names of nested types, by kind and path (`[]` is an item of a list). What has no name here is written in place; `spec` and `status`
 * are named after their kind. A name may occur several times where the schemas agree; the first kind here declares it.
 */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ManagedCluster: {
    'spec.managedClusterClientConfigs[]': 'ClusterClientConfig',
    'spec.taints[]': 'Taint',
    'status.clusterClaims[]': 'ReportedClaim',
    'status.managedNamespaces[]': 'ManagedNamespaceStatus',
  },
  ManagedClusterSet: { 'spec.clusterSelector': 'ClusterSetSelector' },
  ManifestWork: {
    'spec.deleteOption': 'DeleteOption',
    'spec.deleteOption.selectivelyOrphans.orphaningRules[]': 'OrphaningRule',
    'spec.executor': 'Executor',
    'spec.executor.subject.serviceAccount': 'ExecutorServiceAccount',
    'spec.manifestConfigs[]': 'ManifestConfig',
    'spec.manifestConfigs[].conditionRules[]': 'ConditionRule',
    'spec.manifestConfigs[].feedbackRules[]': 'FeedbackRule',
    'spec.manifestConfigs[].feedbackRules[].jsonPaths[]': 'FeedbackJsonPath',
    'spec.manifestConfigs[].resourceIdentifier': 'ResourceIdentifier',
    'spec.manifestConfigs[].updateStrategy': 'UpdateStrategy',
    'spec.manifestConfigs[].updateStrategy.serverSideApply': 'ServerSideApplyOptions',
    'spec.manifestConfigs[].updateStrategy.serverSideApply.ignoreFields[]': 'IgnoreFields',
    'status.resourceStatus.manifests[]': 'ManifestStatus',
    'status.resourceStatus.manifests[].resourceMeta': 'ManifestResourceMeta',
    'status.resourceStatus.manifests[].statusFeedback.values[]': 'FeedbackValue',
    'status.resourceStatus.manifests[].statusFeedback.values[].fieldValue': 'FeedbackFieldValue',
  },
  AppliedManifestWork: { 'status.appliedResources[]': 'AppliedResource' },
  ManifestWorkReplicaSet: {
    'spec.manifestWorkTemplate': 'ManifestWorkSpec',
    'spec.placementRefs[]': 'ReplicaSetPlacement',
    'spec.placementRefs[].rolloutStrategy': 'RolloutStrategy',
    'spec.placementRefs[].rolloutStrategy.all': 'RolloutAll',
    'spec.placementRefs[].rolloutStrategy.progressive': 'RolloutProgressive',
    'spec.placementRefs[].rolloutStrategy.progressive.mandatoryDecisionGroups[]': 'MandatoryDecisionGroup',
    'spec.placementRefs[].rolloutStrategy.progressivePerGroup': 'RolloutProgressivePerGroup',
    'spec.placementRefs[].rolloutStrategy.progressivePerGroup.mandatoryDecisionGroups[]': 'MandatoryDecisionGroup',
    'status.placementSummary[]': 'PlacementSummary',
    'status.placementSummary[].summary': 'ReplicaSetSummary',
    'status.summary': 'ReplicaSetSummary',
  },
  ClusterManagementAddOn: {
    ...INSTALL_STRATEGY,
    ...ADD_ON_CONFIG_REFERENCES,
    'spec.defaultConfigs[]': 'AddOnConfig',
    'status.defaultConfigReferences[]': 'DefaultConfigReference',
    'status.defaultConfigReferences[].desiredConfig': 'ConfigSpecHash',
  },
  ClusterManagementAddOnV1alpha1: {
    ...INSTALL_STRATEGY,
    ...ADD_ON_CONFIG_REFERENCES,
    'spec.supportedConfigs[]': 'SupportedConfigV1alpha1',
    'status.defaultconfigReferences[]': 'DefaultConfigReference',
    'status.defaultconfigReferences[].desiredConfig': 'ConfigSpecHash',
  },
  ManagedClusterAddOn: {
    ...ADD_ON_STATUS,
    'status.configReferences[]': 'ConfigReference',
    'status.registrations[]': 'AddOnRegistration',
    'status.registrations[].customSigner': 'CustomSignerRegistration',
    'status.registrations[].kubeClient': 'KubeClientRegistration',
  },
  ManagedClusterAddOnV1alpha1: {
    ...ADD_ON_STATUS,
    'status.configReferences[]': 'ConfigReferenceV1alpha1',
    'status.registrations[]': 'AddOnRegistrationV1alpha1',
  },
  AddOnDeploymentConfig: {
    ...NODE_PLACEMENT,
    'spec.customizedVariables[]': 'CustomizedVariable',
    'spec.proxyConfig': 'ProxyConfig',
    'spec.registries[]': 'ImageMirror',
    'spec.resourceRequirements[]': 'ContainerResourceRequirements',
    'spec.resourceRequirements[].resources': 'ResourceRequirements',
  },
  AddOnTemplate: {
    'spec.agentSpec': 'ManifestWorkSpec',
    'spec.registration[]': 'TemplateRegistration',
    'spec.registration[].customSigner': 'TemplateCustomSigner',
    'spec.registration[].kubeClient.hubPermissions[]': 'TemplateHubPermission',
  },
  Placement: {
    'spec.decisionStrategy.groupStrategy': 'GroupStrategy',
    'spec.decisionStrategy.groupStrategy.decisionGroups[]': 'DecisionGroup',
    'spec.decisionStrategy.groupStrategy.decisionGroups[].groupClusterSelector.claimSelector': 'ClaimSelector',
    'spec.predicates[]': 'ClusterPredicate',
    'spec.predicates[].requiredClusterSelector': 'RequiredClusterSelector',
    'spec.predicates[].requiredClusterSelector.claimSelector': 'ClaimSelector',
    'spec.prioritizerPolicy': 'PrioritizerPolicy',
    'spec.prioritizerPolicy.configurations[]': 'PrioritizerConfiguration',
    'spec.prioritizerPolicy.configurations[].scoreCoordinate': 'ScoreCoordinate',
    'spec.spreadPolicy.spreadConstraints[]': 'SpreadConstraint',
    'spec.tolerations[]': 'ClusterToleration',
    'status.decisionGroups[]': 'DecisionGroupStatus',
  },
  PlacementDecision: { 'status.decisions[]': 'ClusterDecision' },
  AddOnPlacementScore: { 'status.scores[]': 'AddOnScore' },
  ClusterManager: {
    ...NODE_PLACEMENT,
    ...OPERATOR_RESOURCES,
    ...OPERATOR_STATUS,
    'spec.addOnManagerConfiguration.featureGates[]': 'FeatureGateChoice',
    'spec.deployOption': 'ClusterManagerDeployOption',
    'spec.deployOption.default.addonWebhookConfiguration': 'DefaultWebhookConfiguration',
    'spec.deployOption.default.registrationWebhookConfiguration': 'DefaultWebhookConfiguration',
    'spec.deployOption.default.workWebhookConfiguration': 'DefaultWebhookConfiguration',
    'spec.deployOption.hosted.registrationWebhookConfiguration': 'HostedWebhookConfiguration',
    'spec.deployOption.hosted.workWebhookConfiguration': 'HostedWebhookConfiguration',
    'spec.placementConfiguration.featureGates[]': 'FeatureGateChoice',
    'spec.registrationConfiguration': 'HubRegistrationConfiguration',
    'spec.registrationConfiguration.featureGates[]': 'FeatureGateChoice',
    'spec.registrationConfiguration.registrationDrivers[]': 'HubRegistrationDriver',
    'spec.serverConfiguration': 'ServerConfiguration',
    'spec.serverConfiguration.endpointsExposure[]': 'EndpointExposure',
    'spec.serverConfiguration.endpointsExposure[].grpc': 'Endpoint',
    'spec.serverConfiguration.endpointsExposure[].https': 'Endpoint',
    'spec.serverConfiguration.featureGates[]': 'FeatureGateChoice',
    'spec.workConfiguration': 'HubWorkConfiguration',
    'spec.workConfiguration.featureGates[]': 'FeatureGateChoice',
  },
  Klusterlet: {
    ...NODE_PLACEMENT,
    ...OPERATOR_RESOURCES,
    ...OPERATOR_STATUS,
    'spec.externalServerURLs[]': 'ClusterClientConfig',
    'spec.registrationConfiguration': 'AgentRegistrationConfiguration',
    'spec.registrationConfiguration.featureGates[]': 'FeatureGateChoice',
    'spec.workConfiguration': 'AgentWorkConfiguration',
    'spec.workConfiguration.featureGates[]': 'FeatureGateChoice',
  },
  ClusterProfile: {
    'status.accessProviders[]': 'ClusterAccessProvider',
    'status.credentialProviders[]': 'ClusterAccessProvider',
  },
};

/** Name of the type of a kind: older versions are marked, and so is the second kind called PlacementDecision. */
export function kindTypeName({ group, version, kind }: CrdVersion, newest: boolean): string {
  if (group === 'multicluster.x-k8s.io' && kind === 'PlacementDecision') return 'SigPlacementDecision';
  return newest ? kind : `${kind}${version.charAt(0).toUpperCase()}${version.slice(1)}`;
}

/** Name of the nested type at a path of a kind; `undefined` when it is written in place. */
export function nestedTypeName(kindType: string, path: string): string | undefined {
  if (path === 'spec') return `${kindType}Spec`;
  if (path === 'status') return `${kindType}Status`;
  return NAMES[kindType]?.[path] ?? nameInsideBorrowedType(kindType, path);
}

/** The kind that declares a named type, for names that the table knows. */
export function declaringKind(typeName: string): string | undefined {
  const kind = /^(.+)(?:Spec|Status)$/.exec(typeName)?.[1];
  if (kind !== undefined && Object.hasOwn(NAMES, kind)) return kind;
  return Object.keys(NAMES).find((each) => pathOf(typeName, each) !== undefined);
}

/** Inside a type that another kind declares, the names of that kind hold. */
function nameInsideBorrowedType(kindType: string, path: string): string | undefined {
  for (const [prefix, typeName] of Object.entries(NAMES[kindType] ?? {})) {
    const declaring = path.startsWith(`${prefix}.`) ? declaringKind(typeName) : undefined;
    if (declaring === undefined || declaring === kindType) continue;
    const home = typeName === `${declaring}Spec` ? 'spec' : pathOf(typeName, declaring);
    const name = home && nestedTypeName(declaring, home + path.slice(prefix.length));
    if (name) return name;
  }
  return undefined;
}

function pathOf(typeName: string, kindType: string): string | undefined {
  return Object.entries(NAMES[kindType] ?? {}).find(([, name]) => name === typeName)?.[0];
}
