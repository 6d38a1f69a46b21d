import { isDeleting, type ObjectMeta, semanticEqual } from '@ocm/api';
import {
  answerSpecResync,
  bundleEvent,
  type CloudEvent,
  type Envelope,
  type HeldVersions,
  unknownBundleEvent,
} from '@ocm/cloudevents';
import type { ObjectEvent } from '@ocm/kube';
import { actionOf, type ResyncSource, withDeletion } from '../object-events.ts';
import type { HeldWork } from './held-work.ts';

const INT32_MAX = 2n ** 31n - 1n;

/** Whether agents are told of a change of a work: a status is their own word, and so are finalizers (cloudevents-grpc 13). */
export function concernsAgent(change: ObjectEvent<HeldWork>): boolean {
  switch (change.type) {
    case 'added':
    case 'deleted':
      return true;
    case 'resync':
      return isDeleting(change.object);
    case 'updated':
      return isDeleting(change.object) || isChanged(change.previous.metadata, change.object.metadata);
  }
}

function isChanged(before: ObjectMeta, after: ObjectMeta): boolean {
  return (
    (after.generation ?? 0) > (before.generation ?? 0) ||
    !semanticEqual(before.labels ?? {}, after.labels ?? {}) ||
    !semanticEqual(before.annotations ?? {}, after.annotations ?? {})
  );
}

/** What agents are told of a change. */
export function bundleChangeEvent(
  { type, object }: Pick<ObjectEvent<HeldWork>, 'type' | 'object'>,
  envelope: Envelope,
): CloudEvent {
  const shown = type === 'deleted' ? withDeletion(object, envelope.time) : object;
  return bundleEvent(shown, actionOf({ type }), envelope);
}

/** Events that answer a resync request for bundles (cloudevents-grpc 7.1), made as they are asked for. Versions are generations. */
export function* bundleAnswers(
  works: readonly HeldWork[],
  { clusterName, held }: { readonly clusterName: string; readonly held: HeldVersions },
  { envelope, latest }: ResyncSource<HeldWork>,
): Generator<CloudEvent> {
  const present = works.map((work) => ({
    work,
    resourceId: work.metadata.uid ?? '',
    version: BigInt(work.metadata.generation ?? 0),
    isDeleting: isDeleting(work),
  }));
  const { changed, unknown } = answerSpecResync(present, held);
  for (const { work } of changed) {
    const now = latest(work);
    if (now !== undefined) yield bundleEvent(now, 'resync_response', envelope());
  }
  for (const { resourceId, version } of unknown) {
    yield unknownBundleEvent({ cluster: clusterName, resourceId, version: wireVersion(version) }, envelope());
  }
}

/** What was reported, if it can be sent back at all: an integer on the wire has 32 bits. */
function wireVersion(version: bigint): number {
  return version < 0n || version > INT32_MAX ? 0 : Number(version);
}
