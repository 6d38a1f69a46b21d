import {
  annotations,
  type EmbeddedObject,
  finalizers,
  labels,
  type ManifestWork,
  type ManifestWorkSpec,
  type ManifestWorkStatus,
  type ObjectMeta,
} from '@ocm/api';
import { parseExact } from '@ocm/kube';
import {
  type AttributeValue,
  type CloudEvent,
  EventError,
  integerAttribute,
  stringAttribute,
  timestampAttribute,
} from './event.ts';
import { extensions, metadataExtensions, metadataOf } from './event-metadata.ts';
import { type Action, dataTypes, formatDataType, formatEventType } from './event-type.ts';
import { parseJsonObject } from './json-object.ts';
import { findInteger, findTimestamp, requireInteger, requireString } from './read-extension.ts';
import { workStatusHash } from './status-hash.ts';

const JSON_TYPE = 'application/json';
const MAX_MANIFESTS_BYTES = 500 * 1024;

/** What every event has beside its content. */
export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly time: Date;
}

/** The payload of a bundle on its way to an agent (cloudevents-grpc 5.2). The key of the executor is spelt as the wire has it. */
interface BundleSpec extends Omit<ManifestWorkSpec, 'workload' | 'executor'> {
  readonly manifests?: readonly EmbeddedObject[];
  readonly executer?: ManifestWorkSpec['executor'];
}

/** The payload of a bundle's status (cloudevents-grpc 5.3). */
interface BundleStatus {
  readonly conditions?: ManifestWorkStatus['conditions'] | null;
  readonly resourceStatus?: NonNullable<ManifestWorkStatus['resourceStatus']>['manifests'] | null;
}

/** A work with its content as it is, or as `packSpec` has made it. */
export interface PackableWork extends Pick<ManifestWork, 'metadata' | 'spec'> {
  readonly payload?: string;
}

/** The content of a work as it goes over the wire. To hold it so takes a fraction of the memory of the objects in it. */
export function packSpec({ payload, spec = {} }: PackableWork): string {
  if (payload !== undefined) return payload;
  const { workload, executor, ...rest } = spec;
  const packed: BundleSpec = {
    manifests: workload?.manifests ?? [],
    ...rest,
    ...(executor === undefined ? {} : { executer: executor }),
  };
  return JSON.stringify(packed);
}

/** The content of a work, packed or not. */
export function unpackSpec({ payload, spec = {} }: PackableWork): ManifestWorkSpec {
  return payload === undefined ? spec : specIn(parseExact(payload) as BundleSpec);
}

/**
 * The event that brings a ManifestWork to its agent (cloudevents-grpc 5.2). Its version is the generation; a work that is being deleted has
 * no payload.
 */
export function bundleEvent(work: PackableWork, action: Action, envelope: Envelope): CloudEvent {
  const { metadata } = work;
  const deletion = metadata.deletionTimestamp;
  const deleted: readonly Attribute[] =
    deletion === undefined ? [] : [[extensions.deletionTimestamp, timestampAttribute(new Date(deletion))]];
  return {
    ...envelope,
    type: formatEventType(dataTypes.bundle, 'spec', action),
    extensions: new Map([
      [extensions.clusterName, stringAttribute(metadata.namespace ?? '')],
      [extensions.originalSource, stringAttribute('')],
      ...identity(metadata, metadata.generation ?? 0),
      ...metadataExtensions(metadata),
      ...deleted,
    ]),
    ...(deletion === undefined ? jsonText(packSpec(work)) : {}),
  };
}

/**
 * The deletion of a work that the receiver reported and the sender does not know (cloudevents-grpc 7.1 step 7). It carries the reported
 * version, without which older agents cannot read it.
 */
export function unknownBundleEvent(
  { cluster, resourceId, version }: { readonly cluster: string; readonly resourceId: string; readonly version: number },
  envelope: Envelope,
): CloudEvent {
  return {
    ...envelope,
    type: formatEventType(dataTypes.bundle, 'spec', 'resync_response'),
    extensions: new Map([
      [extensions.clusterName, stringAttribute(cluster)],
      [extensions.originalSource, stringAttribute('')],
      [extensions.resourceId, stringAttribute(resourceId)],
      [extensions.resourceVersion, integerAttribute(extensions.resourceVersion, version)],
      [extensions.deletionTimestamp, timestampAttribute(envelope.time)],
    ]),
  };
}

/**
 * The work that an event brings (cloudevents-grpc 5.2). Its `resourceVersion` is empty: the store of the receiver gives one.
 *
 * @throws EventError when something required is missing, or when the manifests are none, too many bytes, or without kind and name
 */
export function workOfBundle(event: CloudEvent): ManifestWork {
  const uid = requireString(event, extensions.resourceId);
  const namespace = requireString(event, extensions.clusterName);
  const deletedAt = findTimestamp(event, extensions.deletionTimestamp);
  const generation =
    deletedAt === undefined
      ? requireInteger(event, extensions.resourceVersion)
      : (findInteger(event, extensions.resourceVersion) ?? 0);
  const { resourceVersion: _, ...sent } = metadataOf(event);
  const metadata: ObjectMeta = {
    ...sent,
    name: sent.name === undefined || sent.name === '' ? uid : sent.name,
    namespace,
    uid,
    generation,
    annotations: { ...sent.annotations, [annotations.eventDataType]: formatDataType(dataTypes.bundle) },
    labels: { ...sent.labels, [labels.originalSource]: event.source },
  };
  if (deletedAt === undefined) return { metadata, spec: specOf(event) };
  // Clean-up has to run also in an agent that never saw the work before.
  return { metadata: { ...metadata, deletionTimestamp: instant(deletedAt), finalizers: [finalizers.work] } };
}

/**
 * The event that brings the status of a work to its source (cloudevents-grpc 5.3).
 *
 * @param sequenceId larger than all before it (`SequenceIds`)
 * @throws EventError when the work does not say whose it is: it did not come by an event
 */
export function bundleStatusEvent(
  work: ManifestWork,
  { action, sequenceId }: { readonly action: Action; readonly sequenceId: string },
  envelope: Envelope,
): CloudEvent {
  const { metadata, status } = work;
  const originalSource = metadata.labels?.[labels.originalSource];
  if (originalSource === undefined) {
    throw new EventError(`work ${metadata.name} has no label ${labels.originalSource}: it did not come by an event`);
  }
  return {
    ...envelope,
    type: formatEventType(dataTypes.bundle, 'status', action),
    extensions: new Map([
      [extensions.clusterName, stringAttribute(metadata.namespace ?? '')],
      [extensions.originalSource, stringAttribute(originalSource)],
      ...identity(metadata, metadata.generation ?? 0),
      [extensions.sequenceId, stringAttribute(sequenceId)],
      [extensions.statusHash, stringAttribute(workStatusHash(status))],
      ...metadataExtensions(metadata),
    ]),
    ...json(statusPayload(status)),
  };
}

function statusPayload({ conditions, resourceStatus }: ManifestWorkStatus = {}): BundleStatus {
  const manifests = resourceStatus?.manifests ?? [];
  return { conditions: conditions ?? null, ...(manifests.length === 0 ? {} : { resourceStatus: manifests }) };
}

/**
 * The work with the status that an event brings (cloudevents-grpc 5.3): identity, version the status belongs to, sequence id as annotation.
 *
 * @throws EventError when resource id, version or sequence id are missing, or the payload is no status: no API server looks at it any more
 */
export function workOfBundleStatus(event: CloudEvent): ManifestWork & { readonly status: ManifestWorkStatus } {
  const uid = requireString(event, extensions.resourceId);
  const sent = metadataOf(event);
  const sequenceId = requireString(event, extensions.sequenceId);
  const { conditions, resourceStatus } = statusOf(payloadOf(event));
  return {
    metadata: {
      ...sent,
      name: sent.name === undefined || sent.name === '' ? uid : sent.name,
      namespace: requireString(event, extensions.clusterName),
      uid,
      generation: requireInteger(event, extensions.resourceVersion),
      annotations: { ...sent.annotations, [annotations.eventSequenceId]: sequenceId },
    },
    status: {
      ...(conditions === undefined || conditions === null ? {} : { conditions }),
      ...(isAbsent(resourceStatus) ? {} : { resourceStatus: { manifests: resourceStatus ?? [] } }),
    },
  };
}

function statusOf(payload: object): BundleStatus {
  const { conditions, resourceStatus } = payload as Readonly<Record<string, unknown>>;
  if (!isAbsent(conditions) && !isListOf(conditions, isCondition)) throw new EventError('conditions are no conditions');
  if (!isAbsent(resourceStatus) && !isListOf(resourceStatus, isManifestStatus)) {
    throw new EventError('resourceStatus is no list of what became of manifests');
  }
  return payload;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isCondition(value: unknown): boolean {
  return isObject(value) && isText(value['type']) && isText(value['status']);
}

function isManifestStatus(value: unknown): boolean {
  return (
    isObject(value) &&
    isObject(value['resourceMeta']) &&
    (isAbsent(value['conditions']) || isListOf(value['conditions'], isCondition))
  );
}

type Attribute = readonly [string, AttributeValue];

function identity({ uid }: ObjectMeta, version: number): readonly Attribute[] {
  const attribute: Attribute = [extensions.resourceVersion, integerAttribute(extensions.resourceVersion, version)];
  return uid === undefined ? [attribute] : [[extensions.resourceId, stringAttribute(uid)], attribute];
}

function json(payload: object): Pick<CloudEvent, 'dataContentType' | 'data'> {
  return jsonText(JSON.stringify(payload));
}

function jsonText(text: string): Pick<CloudEvent, 'dataContentType' | 'data'> {
  return { dataContentType: JSON_TYPE, data: Buffer.from(text) };
}

function payloadOf({ data }: CloudEvent): object {
  if (data === undefined || data.length === 0) throw new EventError('the event has no payload');
  return parseJsonObject(Buffer.from(data).toString('utf8'), 'the payload', { parse: parseExact });
}

function specOf(event: CloudEvent): ManifestWorkSpec {
  const payload = payloadOf(event) as BundleSpec;
  checkManifests(payload.manifests ?? []);
  return specIn(payload);
}

function specIn({ manifests = [], executer, ...rest }: BundleSpec): ManifestWorkSpec {
  return { ...rest, workload: { manifests }, ...(executer === undefined ? {} : { executor: executer }) };
}

/** @throws EventError when there are none, too many bytes, or one without kind and name (cloudevents-grpc 5.2) */
export function checkManifests(manifests: unknown): asserts manifests is readonly EmbeddedObject[] {
  if (!Array.isArray(manifests) || manifests.length === 0) throw new EventError('the bundle has no manifests');
  const bytes = Buffer.byteLength(JSON.stringify(manifests));
  if (bytes > MAX_MANIFESTS_BYTES) {
    throw new EventError(`the manifests have ${bytes} bytes; allowed are ${MAX_MANIFESTS_BYTES}`);
  }
  for (const [index, manifest] of manifests.entries()) {
    const problem = problemOf(manifest);
    if (problem !== undefined) throw new EventError(`manifests[${index}] ${problem}`);
  }
}

function problemOf(manifest: unknown): string | undefined {
  if (!isObject(manifest)) return 'is no object';
  const { kind, metadata } = manifest;
  if (!isText(kind)) return 'has no kind';
  if (!isObject(metadata)) return 'has no metadata';
  if (metadata['generateName'] !== undefined) return 'has metadata.generateName; allowed is metadata.name';
  return isText(metadata['name']) ? undefined : 'has no metadata.name';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Kubernetes writes instants without fractions of seconds. */
function instant(time: Date): string {
  return `${time.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}
