// Every object
export { apiVersionOf, type Kind } from './kind.ts';
export type {
  Condition,
  ConditionStatus,
  EmbeddedObject,
  GeneratedNameMeta,
  KubeObject,
  LabelSelector,
  LabelSelectorRequirement,
  NewObject,
  ObjectMeta,
  OwnerReference,
  Timestamp,
} from './meta.ts';

// Kinds of the product
export {
  AddOnDeploymentConfig,
  type AddOnDeploymentConfigSpec,
  type ContainerResourceRequirements,
  type CustomizedVariable,
  type ImageMirror,
  type NodePlacement,
  type NodeToleration,
  type ProxyConfig,
  type ResourceRequirements,
} from './generated/add-on-deployment-config.ts';
export {
  AddOnPlacementScore,
  type AddOnPlacementScoreStatus,
  type AddOnScore,
} from './generated/add-on-placement-score.ts';
export {
  AddOnTemplate,
  type AddOnTemplateSpec,
  type TemplateCustomSigner,
  type TemplateHubPermission,
  type TemplateRegistration,
} from './generated/add-on-template.ts';
export {
  AppliedManifestWork,
  type AppliedManifestWorkSpec,
  type AppliedManifestWorkStatus,
  type AppliedResource,
} from './generated/applied-manifest-work.ts';
export { ClusterClaim, type ClusterClaimSpec } from './generated/cluster-claim.ts';
export {
  ClusterManagementAddOnV1alpha1,
  type ClusterManagementAddOnV1alpha1Spec,
  type ClusterManagementAddOnV1alpha1Status,
  type SupportedConfigV1alpha1,
} from './generated/cluster-management-add-on-v1alpha1.ts';
export {
  type AddOnConfig,
  type AddOnMeta,
  ClusterManagementAddOn,
  type ClusterManagementAddOnSpec,
  type ClusterManagementAddOnStatus,
  type ConfigSpecHash,
  type DefaultConfigReference,
  type InstallConfigReference,
  type InstallPlacement,
  type InstallProgression,
  type InstallStrategy,
} from './generated/cluster-management-add-on.ts';
export {
  ClusterManager,
  type ClusterManagerDeployOption,
  type ClusterManagerSpec,
  type ClusterManagerStatus,
  type DefaultWebhookConfiguration,
  type Endpoint,
  type EndpointExposure,
  type FeatureGateChoice,
  type HostedWebhookConfiguration,
  type HubRegistrationConfiguration,
  type HubRegistrationDriver,
  type HubWorkConfiguration,
  type RelatedResource,
  type ResourceGeneration,
  type ResourceRequirement,
  type ServerConfiguration,
} from './generated/cluster-manager.ts';
export {
  type ClusterAccessProvider,
  ClusterProfile,
  type ClusterProfileSpec,
  type ClusterProfileStatus,
} from './generated/cluster-profile.ts';
export { ClusterProperty, type ClusterPropertySpec } from './generated/cluster-property.ts';
export {
  type AgentRegistrationConfiguration,
  type AgentWorkConfiguration,
  Klusterlet,
  type KlusterletSpec,
  type KlusterletStatus,
} from './generated/klusterlet.ts';
export {
  type AddOnRegistrationV1alpha1,
  type ConfigReferenceV1alpha1,
  ManagedClusterAddOnV1alpha1,
  type ManagedClusterAddOnV1alpha1Spec,
  type ManagedClusterAddOnV1alpha1Status,
} from './generated/managed-cluster-add-on-v1alpha1.ts';
export {
  type AddOnRegistration,
  type ConfigGroupResource,
  type ConfigReference,
  type CustomSignerRegistration,
  type KubeClientRegistration,
  ManagedClusterAddOn,
  type ManagedClusterAddOnSpec,
  type ManagedClusterAddOnStatus,
  type RelatedObject,
} from './generated/managed-cluster-add-on.ts';
export {
  ManagedClusterSetBinding,
  type ManagedClusterSetBindingSpec,
  type ManagedClusterSetBindingStatus,
} from './generated/managed-cluster-set-binding.ts';
export {
  type ClusterSetSelector,
  ManagedClusterSet,
  type ManagedClusterSetSpec,
  type ManagedClusterSetStatus,
} from './generated/managed-cluster-set.ts';
export {
  type ClusterClientConfig,
  ManagedCluster,
  type ManagedClusterSpec,
  type ManagedClusterStatus,
  type ManagedNamespaceStatus,
  type ReportedClaim,
  type Taint,
} from './generated/managed-cluster.ts';
export {
  type MandatoryDecisionGroup,
  ManifestWorkReplicaSet,
  type ManifestWorkReplicaSetSpec,
  type ManifestWorkReplicaSetStatus,
  type PlacementSummary,
  type ReplicaSetPlacement,
  type ReplicaSetSummary,
  type RolloutAll,
  type RolloutProgressive,
  type RolloutProgressivePerGroup,
  type RolloutStrategy,
} from './generated/manifest-work-replica-set.ts';
export {
  type ConditionRule,
  type DeleteOption,
  type Executor,
  type ExecutorServiceAccount,
  type FeedbackFieldValue,
  type FeedbackJsonPath,
  type FeedbackRule,
  type FeedbackValue,
  type IgnoreFields,
  type ManifestConfig,
  type ManifestResourceMeta,
  type ManifestStatus,
  ManifestWork,
  type ManifestWorkSpec,
  type ManifestWorkStatus,
  type OrphaningRule,
  type ResourceIdentifier,
  type ServerSideApplyOptions,
  type UpdateStrategy,
} from './generated/manifest-work.ts';
export {
  type ClusterDecision,
  PlacementDecision,
  type PlacementDecisionStatus,
} from './generated/placement-decision.ts';
export {
  type ClaimSelector,
  type ClusterPredicate,
  type ClusterToleration,
  type DecisionGroup,
  type DecisionGroupStatus,
  type GroupStrategy,
  Placement,
  type PlacementSpec,
  type PlacementStatus,
  type PrioritizerConfiguration,
  type PrioritizerPolicy,
  type RequiredClusterSelector,
  type ScoreCoordinate,
  type SpreadConstraint,
} from './generated/placement.ts';
export { SigPlacementDecision } from './generated/sig-placement-decision.ts';

// Kinds of Kubernetes
export {
  type ResourceAttributes,
  SelfSubjectAccessReview,
  SubjectAccessReview,
  type SubjectAccessReviewStatus,
  TokenReview,
  type UserInfo,
} from './core/access-review.ts';
export {
  CertificateSigningRequest,
  type CertificateSigningRequestCondition,
} from './core/certificate-signing-request.ts';
export { ConfigMap } from './core/config-map.ts';
export {
  type CustomResourceConversion,
  CustomResourceDefinition,
  type CustomResourceDefinitionCondition,
  type CustomResourceDefinitionVersion,
} from './core/custom-resource-definition.ts';
export { Deployment, type DeploymentCondition } from './core/deployment.ts';
export { Event, type ObjectReference } from './core/event.ts';
export { Lease, type LeaseSpec } from './core/lease.ts';
export { Namespace } from './core/namespace.ts';
export { Node, type NodeCondition } from './core/node.ts';
export { type Container, Pod, type PodCondition, type PodSpec, type PodTemplate } from './core/pod.ts';
export {
  ClusterRole,
  ClusterRoleBinding,
  type PolicyRule,
  Role,
  RoleBinding,
  type RoleRef,
  type Subject,
} from './core/rbac.ts';
export { Secret } from './core/secret.ts';
export { Service, type ServicePort } from './core/service.ts';
export { ServiceAccount, type TokenRequest } from './core/service-account.ts';
export {
  type AdmissionWebhook,
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  type WebhookClientConfig,
} from './core/webhook-configuration.ts';

// Contract: names and texts that leave a process
export {
  addOnConditions,
  parseTokenInfrastructureUid,
  tokenInfrastructureMessage,
} from './contract/add-on-conditions.ts';
export {
  addOnCertificateSecretName,
  addOnCsrPrefix,
  addOnDnsName,
  addOnFeatureLabel,
  addOnGroup,
  addOnKubeconfigSecretName,
  type AddOnOnCluster,
  addOnServiceAccountName,
  addOnUser,
  addOnWideGroup,
  noDefaultConfigName,
  parseAddOnFeatureLabel,
} from './contract/add-on-names.ts';
export {
  admissionWebhook,
  type AdmissionWebhookContract,
  admissionWebhooks,
  replicaSetValidatingPath,
} from './contract/admission-webhooks.ts';
export { annotationPrefixes, annotations } from './contract/annotations.ts';
export { reservedClaimNames } from './contract/claims.ts';
export {
  clusterConditions,
  clusterProfileConditions,
  clusterSetBindingConditions,
  clusterSetConditions,
  csrAutoApproved,
  managedNamespaceConditions,
} from './contract/cluster-conditions.ts';
export {
  boundClusterGroups,
  type ClusterAgent,
  clusterGroup,
  clusterUser,
  managedClustersGroup,
  parseClusterGroup,
  parseClusterUser,
} from './contract/cluster-identity.ts';
export {
  clusterRoleName,
  commonClusterRoles,
  registrationRoleBindingName,
  workRoleBindingName,
} from './contract/cluster-rbac-names.ts';
export { builtInClusterSets } from './contract/cluster-sets.ts';
export {
  agentSecrets,
  bootstrapServiceAccount,
  credentialKeys,
  grpcServerServiceAccount,
} from './contract/credential-names.ts';
export type { ConditionContract, ConditionOutcome } from './contract/define-condition.ts';
export {
  type EksCluster,
  eksHubRoleName,
  eksManagedRoleName,
  eksRoleSuffixSource,
  iamRoleArn,
  parseEksClusterArn,
} from './contract/eks-identity.ts';
export {
  type FeatureGate,
  type FeatureGateName,
  type FeatureGateOf,
  featureGates,
  type GatedComponent,
} from './contract/feature-gates.ts';
export { deprecatedAddOnFinalizers, finalizers } from './contract/finalizers.ts';
export { appliedWorkName, type HubHash, hubHash, managedNamespaceLabel } from './contract/hub-hash.ts';
export { addOnHealth, clusterProfileManager, labels } from './contract/labels.ts';
export { clusterLeaseName, leaderElectionLeases } from './contract/leases.ts';
export { namespaces } from './contract/namespaces.ts';
export { placementConditions } from './contract/placement-conditions.ts';
export {
  clusterImportConfig,
  conversionPath,
  imagePullSecret,
  services,
  servingCa,
  servingCertificates,
  tlsProfile,
} from './contract/serving-names.ts';
export { signers } from './contract/signers.ts';
export { automaticTaints } from './contract/taints.ts';
export { virtualResources } from './contract/virtual-resources.ts';
export {
  conditionRuleReasons,
  conditionRulesAggregated,
  manifestConditions,
  replicaSetConditions,
  workConditions,
} from './contract/work-conditions.ts';
export {
  defaultExecutor,
  replicaSetLabelValue,
  serviceAccountUser,
  workAgentFieldManager,
} from './contract/work-names.ts';

// Pure functions on objects
export {
  type ConditionUpdate,
  findCondition,
  isConditionTrue,
  LONGEST_CONDITION_MESSAGE,
  microTimestamp,
  removeCondition,
  setCondition,
  timestamp,
} from './conditions.ts';
export { dnsLabelProblem } from './names.ts';
export {
  hasFinalizer,
  isDeleting,
  isSameOwner,
  withFinalizer,
  withoutFinalizers,
  withoutOwner,
  withOwner,
} from './object-metadata.ts';
export {
  addQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  type QuantityFormat,
  sumQuantities,
} from './quantity.ts';
export { semanticEqual } from './semantic-equal.ts';

// Installing and serving the API
export {
  answerConversionReview,
  type ConversionAnswer,
  type ConversionReview,
} from './conversion/conversion-review.ts';
export { managedClusterAddOnToV1alpha1 } from './conversion/managed-cluster-add-on.ts';
export { crdDirectory } from './crd-directory.ts';
