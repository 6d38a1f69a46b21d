import { isDeleting, type ManifestWork, type ObjectMeta } from '@ocm/api';
import { type CloudEvent, extensions, unpackSpec, workOfBundle } from '@ocm/cloudevents';
import { mergePatchBetween } from '@ocm/kube';
import { type Publication, RefusedError } from '../../event-service.ts';
import type { HeldWork } from '../bundle/held-work.ts';
import { refuseOnError, unsupportedAction } from '../published-object.ts';
import { type Origin, originOf, storedMetadata } from './work-origin.ts';

/** What a source wants with a work. */
export type Delivery =
  | { readonly kind: 'put'; readonly origin: Origin; readonly work: ManifestWork }
  | { readonly kind: 'delete'; readonly origin: Origin; readonly work: Pick<ManifestWork, 'metadata'> };

/** What a delivered work changes in the one that the hub has. */
export type UpdatePlan =
  /** The hub has a newer version, or the same. */
  { readonly kind: 'nothing' } | { readonly kind: 'patch'; readonly patch: object } | { readonly kind: 'deleting' };

/**
 * What was published (cloudevents-grpc 12.5). A deletion must be called so: it was authorised as what it is called.
 *
 * @throws RefusedError when it cannot be read, or is none of what sources may publish
 */
export function readDelivery(publication: Publication): Delivery {
  const { event, type } = publication;
  const sent = refuseOnError('failed to decode the manifestbundle', 'failed-precondition', () => workOfBundle(event));
  const origin = originOfEvent(event, sent);
  const metadata = storedMetadata(sent.metadata, origin);
  const isDeletion = isDeleting(sent);
  switch (type.action) {
    case 'create_request':
    case 'update_request':
      if (isDeletion) throw malformed(`${extensions.deletionTimestamp} asks for a delete_request, not ${type.action}`);
      return { kind: 'put', origin, work: { ...sent, metadata } };
    case 'delete_request':
      if (!isDeletion) throw malformed(`a delete_request needs ${extensions.deletionTimestamp}`);
      return { kind: 'delete', origin, work: { metadata } };
    default:
      throw unsupportedAction(publication);
  }
}

function originOfEvent({ source }: CloudEvent, { metadata }: ManifestWork): Origin {
  const { uid: resourceId = '', generation: version = 0 } = metadata;
  if (resourceId !== '' && source !== '') return { source, resourceId, version };
  throw malformed(`a bundle needs a source and a ${extensions.resourceId}, not empty ones`);
}

function malformed(message: string): RefusedError {
  return new RefusedError('failed-precondition', message);
}

/** @param stored the work of that origin, as the hub has it */
export function planUpdate(stored: HeldWork, wanted: ManifestWork, { version }: Pick<Origin, 'version'>): UpdatePlan {
  if (isDeleting(stored)) return { kind: 'deleting' };
  if (version !== 0 && version < (originOf(stored)?.version ?? 0)) return { kind: 'nothing' };
  const metadata = metadataChange(stored.metadata, wanted.metadata);
  const spec = mergePatchBetween(unpackSpec(stored), wanted.spec ?? {});
  if (metadata === undefined && spec === undefined) return { kind: 'nothing' };
  const { uid, resourceVersion } = stored.metadata;
  // In one patch: spec and version of the source are never apart.
  return { kind: 'patch', patch: { metadata: { uid, resourceVersion, ...metadata }, spec } };
}

function metadataChange(stored: ObjectMeta, wanted: ObjectMeta): object | undefined {
  return mergePatchBetween(freeEntries(stored), freeEntries(wanted));
}

function freeEntries({ labels = {}, annotations = {} }: ObjectMeta): object {
  return { labels, annotations };
}

export function isSameOrigin(one: Origin | undefined, other: Origin): boolean {
  return one?.source === other.source && one.resourceId === other.resourceId;
}
