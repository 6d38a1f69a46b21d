// Control planes
export type { AuditEntry } from './audit.ts';
export { type ClientCertificateRequest, createTestAuthority, writeServingCertificate } from './certificates.ts';
export {
  type ControlPlane,
  type ControlPlaneOptions,
  type Identity,
  type KubeconfigRoute,
  startControlPlane,
} from './control-plane.ts';
export { type ConversionEndpoint, type ConversionServer, serveConversion } from './conversion-server.ts';
export { type Etcd, startEtcd } from './etcd.ts';
export { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy/fault-proxy.ts';
export type { Fault, InjectedFault, Injection, WatchFault } from './fault-proxy/faults.ts';
export type { Matcher } from './fault-proxy/matcher.ts';
export type { RequestInfo } from './fault-proxy/request-info.ts';
export type { RecordedRequest } from './fault-proxy/request-record.ts';
export type { WriteCut, WriteCutOptions } from './fault-proxy/write-cut.ts';

// Admission
export { type AdmissionSample, admissionSamples, isRefused, type Refusal, refusalOf, type Write } from './admission.ts';

// Rights
export { grpcServerRules } from './grpc-server-rules.ts';
export { type Grant, type Grantee, grantRights, type RequestSender, untilAllowed } from './rights.ts';

// Faults and proxies
export { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from './connect-proxy.ts';

// Brokers
export { type MqttBroker, type MqttBrokerOptions, type MqttUser, startMqttBroker } from './mqtt-broker.ts';

// Programs that end with this process
export { freePort } from './free-port.ts';
export { type SupervisedProcess, startSupervisor, type Supervisor } from './supervisor.ts';

// Waiting
export { DeadlineError, until, type UntilOptions } from './until.ts';

// Objects
export { aClusterRole, aClusterRoleBinding, aCSR, aRole, aRoleBinding } from './builders/access.ts';
export {
  aClusterManagementAddOn,
  aClusterManagementAddOnV1alpha1,
  anAddOn,
  anAddOnDeploymentConfig,
  anAddOnTemplate,
  anAddOnV1alpha1,
} from './builders/add-on.ts';
export {
  aCluster,
  aClusterClaim,
  aClusterSet,
  aClusterSetBinding,
  anAddOnPlacementScore,
  type ClusterOver,
} from './builders/cluster.ts';
export {
  aConfigMap,
  aCustomResourceDefinition,
  aDeployment,
  aLease,
  aNamespace,
  anEvent,
  aNode,
  aPod,
  aSecret,
  aService,
  aServiceAccount,
} from './builders/core.ts';
export { aClusterProfile, aClusterProperty, aSigPlacementDecision } from './builders/inventory.ts';
export { aCondition, BUILT_AT, type ConditionLike, type Named, type Placed } from './builders/metadata.ts';
export { aClusterManager, aKlusterlet } from './builders/operator.ts';
export { aPlacement, aPlacementDecision } from './builders/placement.ts';
export {
  aManifestWork,
  aManifestWorkReplicaSet,
  anAppliedManifestWork,
  aWorkSpec,
  type ManifestWorkOver,
} from './builders/work.ts';
