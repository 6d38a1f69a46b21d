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
export {
  bundleEvent,
  bundleStatusEvent,
  type Envelope,
  unknownBundleEvent,
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
export type { EventLink, EventSubscription, EventTransport, LinkOptions } from './session/event-transport.ts';
export { EventSession, type SessionOptions } from './session/event-session.ts';
export { grpcTransport, type GrpcTransportOptions } from './grpc/grpc-transport.ts';
export { kubeObjectEvent, kubeObjectOfEvent, type ObjectEventType } from './kube-object-event.ts';

// Agents
export { type EventClient, type EventClientOptions, eventClient } from './client/event-client.ts';
export { requestToken, type TokenClient, type TokenQuestion } from './client/request-token.ts';
