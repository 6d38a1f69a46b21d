import { type KubeObject, labels, timestamp } from '@ocm/api';
import {
  type Action,
  answerSpecResync,
  type CloudEvent,
  type DataType,
  type Envelope,
  type HeldVersions,
  kubeObjectEvent,
} from '@ocm/cloudevents';
import type { ObjectEvent } from '@ocm/kube';

const ACTIONS = {
  added: 'create_request',
  updated: 'update_request',
  resync: 'update_request',
  deleted: 'delete_request',
} as const satisfies Readonly<Record<ObjectEvent<KubeObject>['type'], Action>>;

/** What agents are told of a change (cloudevents-grpc 13). What is gone has a deletion time, because that alone tells them (3.3). */
export function changeEvent(
  { type, object }: Pick<ObjectEvent<KubeObject>, 'type' | 'object'>,
  dataType: DataType,
  envelope: Envelope,
): CloudEvent {
  const shown = type === 'deleted' ? withDeletion(object, envelope.time) : object;
  return kubeObjectEvent(shown, { dataType, subresource: 'spec', action: ACTIONS[type] }, envelope);
}

/** The action that a change has on the wire. */
export function actionOf({ type }: Pick<ObjectEvent<KubeObject>, 'type'>): Action {
  return ACTIONS[type];
}

/** The object as one that is being deleted, since now unless it says since when. */
export function withDeletion<T extends KubeObject>(object: T, now: Date): T {
  const { deletionTimestamp = timestamp(now) } = object.metadata;
  return { ...object, metadata: { ...object.metadata, deletionTimestamp } };
}

export interface ResyncQuestion {
  readonly dataType: DataType;
  readonly clusterName: string;
  readonly held: HeldVersions;
}

/** Where answers come from. They are made one by one, while the world goes on. */
export interface ResyncSource<T extends KubeObject> {
  readonly envelope: () => Envelope;
  /** The object as it is now; `undefined` when it is gone. An old state must not be told after a newer one. */
  readonly latest: (object: T) => T | undefined;
}

/**
 * Events that answer a resync request (cloudevents-grpc 7.1), made as they are asked for.
 *
 * @param objects all of the cluster
 * @param source `show`: the object as the data type has it
 */
export function* resyncAnswers<T extends KubeObject>(
  objects: readonly T[],
  { dataType, clusterName, held }: ResyncQuestion,
  { envelope, latest, show }: ResyncSource<T> & { readonly show: (object: T) => KubeObject },
): Generator<CloudEvent> {
  const type = { dataType, subresource: 'spec', action: 'resync_response' } as const;
  const present = objects.map((object) => ({
    object,
    resourceId: object.metadata.uid ?? '',
    version: versionOf(object),
    isDeleting: object.metadata.deletionTimestamp !== undefined,
  }));
  const { changed, unknown } = answerSpecResync(present, held);
  for (const { object } of changed) {
    const now = latest(object);
    if (now !== undefined) yield kubeObjectEvent(show(now), type, envelope());
  }
  for (const { resourceId, version } of unknown) {
    const around = envelope();
    yield kubeObjectEvent(goneObject({ clusterName, uid: resourceId, version, now: around.time }), type, around);
  }
}

function versionOf({ metadata: { resourceVersion = '' } }: KubeObject): bigint | undefined {
  return /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : undefined;
}

/** What is left of an object that only the asker knows. Whatever its kind, it says to which cluster it belonged. */
function goneObject({
  clusterName,
  uid,
  version,
  now,
}: {
  readonly clusterName: string;
  readonly uid: string;
  readonly version: bigint;
  readonly now: Date;
}): KubeObject {
  return {
    metadata: {
      name: clusterName,
      namespace: clusterName,
      labels: { [labels.clusterName]: clusterName },
      uid,
      resourceVersion: String(version),
      deletionTimestamp: timestamp(now),
    },
  };
}
