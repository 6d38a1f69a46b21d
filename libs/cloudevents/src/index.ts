export {
  type AttributeValue,
  checkExtensionName,
  type CloudEvent,
  EventError,
  integerAttribute,
  stringAttribute,
  timestampAttribute,
} from './event.ts';
export { findInteger, findString, findTimestamp, requireInteger, requireString } from './read-extension.ts';
export { decodeEvent, encodeEvent, fromProtobuf, toProtobuf } from './protobuf.ts';
export {
  type Action,
  type DataType,
  dataTypes,
  type EventType,
  formatDataType,
  formatEventType,
  heartbeatType,
  isSameDataType,
  parseDataType,
  parseEventType,
  type Subresource,
} from './event-type.ts';
export { workStatusHash } from './status-hash.ts';
export {
  compareSequenceIds,
  parseSequenceId,
  type SequenceId,
  SequenceIds,
  type SequenceOrder,
} from './sequence-id.ts';
export { workResourceId } from './resource-id.ts';
export { extensions } from './event-metadata.ts';
export { countJsonValues } from './json-object.ts';
export {
  bundleEvent,
  bundleStatusEvent,
  type Envelope,
  packSpec,
  type PackableWork,
  unknownBundleEvent,
  unpackSpec,
  workOfBundle,
  workOfBundleStatus,
} from './bundle.ts';
export {
  answerSpecResync,
  answerStatusResync,
  decodeHeldHashes,
  decodeHeldVersions,
  encodeHeldHashes,
  encodeHeldVersions,
  type HeldHashes,
  type HeldVersions,
  type SpecAnswer,
  type Versioned,
} from './resync.ts';
export { changeOfObject, changeOfWork, type Incoming, type StoreChange } from './store-change.ts';
export {
  errorOfPublish,
  publishError,
  type PublishedResource,
  publishErrorReason,
  tunnelledMessage,
} from './publish-error.ts';

// The way to a broker and back
export {
  CredentialReplaced,
  type EventLink,
  type EventSubscription,
  type EventTransport,
  type LinkOptions,
} from './session/event-transport.ts';
export { EventSession, type SessionOptions } from './session/event-session.ts';
export { grpcTransport, type GrpcTransportOptions } from './grpc/grpc-transport.ts';
export { type GrpcClientConfig, parseGrpcClientConfig } from './grpc/client-config.ts';
export { type LoadedClientConfig, loadClientConfig } from './grpc/client-credentials.ts';
export { askGrpcServer, askOverTransport, type GrpcAnswer, type ServerQuestion } from './grpc/ask-server.ts';
export { mqttTransport, type MqttTransportOptions } from './mqtt/mqtt-transport.ts';
export type { MqttRole } from './mqtt/mqtt-topics.ts';
export { certificateRefreshMs } from './grpc/certificate-refresh.ts';
export { clusterOf, kubeObjectEvent, kubeObjectOfEvent, type ObjectEventType } from './kube-object-event.ts';

// Agents
export { type EventClient, type EventClientOptions, eventClient } from './client/event-client.ts';
export { requestToken, type TokenClient, type TokenQuestion } from './client/request-token.ts';

// Sources
export { workSourceClient, type WorkSourceClient, type WorkSourceClientOptions } from './source/work-source-client.ts';
export { ownerCollector, type OwnerCollectorOptions } from './source/owner-collector.ts';
export type { Versions } from './source/next-version.ts';

// Metrics of both
export { type EventMetrics, eventMetrics } from './metrics/event-metrics.ts';

// Servers
export {
  cloudEventService,
  encodeHeartbeat,
  type PublishAnswer,
  type PublishedMessage,
  type SubscriptionMessage,
} from './grpc/grpc-service.ts';
