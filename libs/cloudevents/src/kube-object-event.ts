import { type KubeObject, labels } from '@ocm/api';
import { parseExact } from '@ocm/kube';
import type { Envelope } from './bundle.ts';
import { type AttributeValue, type CloudEvent, EventError, stringAttribute, timestampAttribute } from './event.ts';
import { checkedMetadata, extensions } from './event-metadata.ts';
import { type Action, type DataType, dataTypes, formatEventType, type Subresource } from './event-type.ts';
import { parseJsonObject } from './json-object.ts';
import { findString, findTimestamp } from './read-extension.ts';
import type { Incoming } from './store-change.ts';

const JSON_TYPE = 'application/json';
const NEVER_DELETED: ReadonlySet<string> = new Set([dataTypes.event.resource, dataTypes.tokenRequest.resource]);

/** What an event says about an object of a Kubernetes kind. */
export interface ObjectEventType {
  readonly dataType: DataType;
  readonly subresource: Subresource;
  readonly action: Action;
}

/**
 * The cluster that an object belongs to (cloudevents-grpc 3.2).
 *
 * @throws EventError when the object does not say
 */
export function clusterOf({ metadata }: KubeObject, { resource }: DataType): string {
  if (resource === dataTypes.managedCluster.resource) return metadata.name;
  const isLabelled = resource === dataTypes.certificateRequest.resource;
  const cluster = isLabelled ? metadata.labels?.[labels.clusterName] : metadata.namespace;
  if (cluster !== undefined) return cluster;
  throw new EventError(
    `${resource} "${metadata.name}" has no ${isLabelled ? `label ${labels.clusterName}` : 'namespace'}`,
  );
}

/**
 * The event that carries an object of a Kubernetes kind, in either direction (cloudevents-grpc 5.1). An object that is being deleted has no
 * payload. Apart from TokenRequest, the object must have `apiVersion` and `kind`.
 *
 * @throws EventError when the object does not say to which cluster it belongs
 */
export function kubeObjectEvent(object: KubeObject, type: ObjectEventType, envelope: Envelope): CloudEvent {
  const { uid, resourceVersion = '', deletionTimestamp } = object.metadata;
  const isDeleting = deletionTimestamp !== undefined && !NEVER_DELETED.has(type.dataType.resource);
  const isVersioned = resourceVersion !== '' && type.dataType.resource !== dataTypes.tokenRequest.resource;
  const attributes = new Map<string, AttributeValue>([
    [extensions.clusterName, stringAttribute(clusterOf(object, type.dataType))],
    [extensions.originalSource, stringAttribute('')],
  ]);
  if (uid !== undefined) attributes.set(extensions.resourceId, stringAttribute(uid));
  // A string here, an integer in bundles: older peers insist on both.
  if (isVersioned) attributes.set(extensions.resourceVersion, stringAttribute(resourceVersion));
  if (isDeleting) attributes.set(extensions.deletionTimestamp, timestampAttribute(new Date(deletionTimestamp)));
  return {
    ...envelope,
    type: formatEventType(type.dataType, type.subresource, type.action),
    extensions: attributes,
    ...(isDeleting ? {} : { dataContentType: JSON_TYPE, data: Buffer.from(JSON.stringify(object)) }),
  };
}

/**
 * The object that an event carries. A deletion without payload gives an object that has nothing but its uid and the time of the deletion; its
 * name is empty.
 *
 * @throws EventError when the payload is no object with a name
 */
export function kubeObjectOfEvent(event: CloudEvent): Incoming<KubeObject> {
  const uid = findString(event, extensions.resourceId);
  const deletedAt = findTimestamp(event, extensions.deletionTimestamp);
  const identity = uid === undefined ? {} : { uid };
  const deletion = deletedAt === undefined ? {} : { deletionTimestamp: deletedAt.toISOString() };
  const { data } = event;
  if (data !== undefined && data.length > 0) {
    const object = parseObject(data);
    return { object: { ...object, metadata: { ...deletion, ...identity, ...object.metadata } }, isContent: true };
  }
  if (deletedAt === undefined || uid === undefined) throw new EventError('the event has neither payload nor deletion');
  return { object: { metadata: { name: '', ...identity, ...deletion } }, isContent: false };
}

function parseObject(data: Uint8Array): KubeObject {
  const text = Buffer.from(data).toString('utf8');
  const value = parseJsonObject(text, 'the payload', { parse: parseExact }) as Partial<KubeObject>;
  const name: unknown = isMap(value.metadata) ? value.metadata['name'] : undefined;
  if (typeof name !== 'string' || name === '') throw new EventError('the payload is no object with metadata.name');
  return { ...value, metadata: { name, ...checkedMetadata(value.metadata ?? {}, 'the payload') } };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
