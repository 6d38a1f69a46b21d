import {
  isDeleting,
  type ManifestWork,
  type ManifestWorkStatus,
  semanticEqual,
  timestamp,
  workConditions,
} from '@ocm/api';
import {
  answerStatusResync,
  bundleStatusEvent,
  type CloudEvent,
  type Envelope,
  type HeldHashes,
  workStatusHash,
} from '@ocm/cloudevents';
import type { ObjectEvent } from '@ocm/kube';
import type { ResyncSource } from '../object-events.ts';
import { type Origin, originOf, shownMetadata } from './work-origin.ts';

// A snowflake: milliseconds, 10 bits of node, 12 bits of step (cloudevents-grpc 6.2).
const STEP_BITS = 12n;
const NODE_AND_STEP_BITS = 22n;
const NODE = 1n;

/** Whether the source is to be told of a change. */
export function concernsSource(change: ObjectEvent<ManifestWork>): boolean {
  switch (change.type) {
    case 'added':
      return change.object.status !== undefined;
    case 'updated':
      return !semanticEqual(change.previous.status, change.object.status);
    case 'deleted':
      return true;
    case 'resync':
      return false;
  }
}

/** The status of a work for its source, in the terms of the source. */
export function sourceStatusEvent(
  work: ManifestWork,
  origin: Origin,
  { action, envelope }: { readonly action: 'update_request' | 'resync_response'; readonly envelope: Envelope },
): CloudEvent {
  const { status } = work;
  const metadata = shownMetadata(work, origin, statusVersion(work, origin));
  const sequenceId = sequenceOf(work.metadata.resourceVersion ?? '0');
  return bundleStatusEvent({ metadata, ...(status === undefined ? {} : { status }) }, { action, sequenceId }, envelope);
}

/**
 * The end of a work for its source. It does not matter who deleted it.
 *
 * @param sequenceId larger than all before
 */
export function sourceDeletedEvent(
  { metadata }: Pick<ManifestWork, 'metadata'>,
  {
    origin,
    sequenceId,
    envelope,
  }: { readonly origin: Origin; readonly sequenceId: string; readonly envelope: Envelope },
): CloudEvent {
  const message = `The manifests are deleted from the cluster ${metadata.namespace ?? ''}`;
  const condition = { ...workConditions.deleted.deleted, message, lastTransitionTime: timestamp(envelope.time) };
  const work = { metadata: shownMetadata({ metadata }, origin, origin.version), status: { conditions: [condition] } };
  return bundleStatusEvent(work, { action: 'update_request', sequenceId }, envelope);
}

/** Events that answer a status resync request of a source (cloudevents-grpc 7.2), made as they are asked for. */
export function* sourceAnswers(
  works: readonly ManifestWork[],
  held: HeldHashes,
  { envelope, latest }: ResyncSource<ManifestWork>,
): Generator<CloudEvent> {
  const present = works.flatMap((work) => {
    const origin = originOf(work);
    if (origin === undefined) return [];
    return [{ work, origin, resourceId: origin.resourceId, statusHash: workStatusHash(work.status) }];
  });
  for (const { work, origin } of answerStatusResync(present, held)) {
    const now = latest(work);
    if (now === undefined) continue; // its end has been told
    yield sourceStatusEvent(now, origin, { action: 'resync_response', envelope: envelope() });
  }
}

/**
 * The version of the source's that a status belongs to. While the agent has not said anything of the newest generation, it is one before the
 * stored one, which tells the source that its update has not arrived (cloudevents-grpc 20.1); which one, nobody remembers.
 */
export function statusVersion({ metadata, status }: ManifestWork, { version }: Pick<Origin, 'version'>): number {
  const observed = observedGeneration(status);
  const isBehind = observed !== undefined && observed < (metadata.generation ?? 0);
  return isBehind && version > 1 && !isDeleting({ metadata }) ? version - 1 : version;
}

function observedGeneration(status: ManifestWorkStatus | undefined): number | undefined {
  const observed = (status?.conditions ?? []).flatMap(({ observedGeneration: generation }) => generation ?? []);
  return observed.length === 0 ? undefined : Math.max(...observed);
}

/**
 * A sequence id out of a resource version, so that the same state has the same id and a newer one a larger, whichever replica of the server
 * sends it and however its clock is set. Smaller than all that are made of the time.
 */
export function sequenceOf(resourceVersion: string): string {
  const version = /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : 0n;
  const step = version & ((1n << STEP_BITS) - 1n);
  return String(((version >> STEP_BITS) << NODE_AND_STEP_BITS) | (NODE << STEP_BITS) | step);
}
