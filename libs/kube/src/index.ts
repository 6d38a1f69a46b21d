export { type Clock, systemClock } from './clock.ts';
export { type Logger, silentLogger } from './logger.ts';
export { asError, isKubeError, KubeError, type KubeErrorCode } from './error.ts';
export { type Status, statusError } from './status-error.ts';
export { refusesClientCertificate } from './transport/failure-error.ts';
export type { ConnectOptions, KubeClient, RawRequest, RawResponse } from './client.ts';
export { connect } from './connect.ts';
export {
  type AccessQuestion,
  type AccessVerdict,
  reviewAccess,
  reviewToken,
  type TokenVerdict,
} from './access-review.ts';
export { isRawNumber, parseExact, type RawNumber } from './exact-json.ts';
export {
  type CurrentContext,
  currentContext,
  type Kubeconfig,
  type KubeconfigCluster,
  type KubeconfigContext,
  type KubeconfigUser,
  parseKubeconfig,
} from './kubeconfig/kubeconfig.ts';
export type { ProxyVariables } from './kubeconfig/proxy.ts';
export { kubeconfigFile, type KubeconfigSource } from './kubeconfig/source.ts';
export type {
  CallOptions,
  DeleteOptions,
  MetadataChange,
  Page,
  Ref,
  Resource,
  Selection,
  SpecOf,
  StatusOf,
  WatchEvent,
  WriteOptions,
} from './resource.ts';
export type { GroupVersionKind, RestMapper } from './rest-mapper.ts';
export type { KubeMetrics } from './metrics.ts';
export type {
  AnyInformer,
  Informer,
  InformerOptions,
  Lane,
  Lister,
  ObjectEvent,
  WatchHealth,
  WatchSource,
} from './informer.ts';
export { informer } from './cache/object-informer.ts';
export { mergePatchBetween } from './merge-patch.ts';
export { keyOf, refOf } from './object-key.ts';
export { type Controller, defineController, done, type Outcome, requeueAfter, retry } from './controller.ts';
export { run, type RunOptions } from './run.ts';
export { every, type Trigger, trigger } from './triggers.ts';
export { leadElection } from './leader-election/leader-election.ts';
export { type LeaderElectionOptions, LeadershipLostError } from './leader-election/lease-hold.ts';
export { type EventRecorder, type EventRecorderOptions, eventRecorder, type EventReport } from './event-recorder.ts';
