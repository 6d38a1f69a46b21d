import { isDeleting, type ObjectMeta, semanticEqual } from '@ocm/api';
import {
  answerSpecResync,
  bundleEvent,
  type CloudEvent,
  type Envelope,
  type HeldVersions,
  unknownBundleEvent,
} from '@ocm/cloudevents';
import type { Logger, ObjectEvent } from '@ocm/kube';
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
  { envelope, latest, log }: ResyncSource<HeldWork> & { readonly log: Pick<Logger, 'error'> },
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
    const event = now && answerFor(now, envelope(), log);
    if (event !== undefined) yield event;
  }
  for (const { resourceId, version } of unknown) {
    yield unknownBundleEvent({ cluster: clusterName, resourceId, version: wireVersion(version) }, envelope());
  }
}

/** One work that cannot be written as JSON, such as one of thousands of levels, must not keep the others from their agent (7.1 step 9). */
function answerFor(work: HeldWork, envelope: Envelope, log: Pick<Logger, 'error'>): CloudEvent | undefined {
  try {
    return bundleEvent(work, 'resync_response', envelope);
  } catch (error) {
    const { namespace, name } = work.metadata;
    log.error({ cluster: namespace, work: name, error }, 'work cannot be sent');
    return undefined;
  }
}

/** What was reported, if it can be sent back at all: an integer on the wire has 32 bits. */
function wireVersion(version: bigint): number {
  return version < 0n || version > INT32_MAX ? 0 : Number(version);
}
