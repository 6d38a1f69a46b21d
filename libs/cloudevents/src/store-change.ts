import type { KubeObject, ManifestWork } from '@ocm/api';

/** What an incoming event does to a store (cloudevents-grpc 9.6). */
export type StoreChange<T> =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'put';
      readonly object: T;
      /** Name under which the object was kept before. */ readonly renamedFrom?: string;
    }
  | { readonly kind: 'remove'; readonly object: T };

/** What an event says about an object; `isContent` when it carried the object itself. */
export interface Incoming<T> {
  readonly object: T;
  readonly isContent: boolean;
}

const NONE = { kind: 'none' } as const;

/**
 * What an event does to the store of a Kubernetes kind: an object goes as soon as its deletion begins, unless finalizers that came with it
 * hold it.
 *
 * @param byUid the stored object with the uid of the incoming one
 */
export function changeOfObject<T extends KubeObject>(
  { object, isContent }: Incoming<T>,
  byUid: T | undefined,
): StoreChange<T> {
  const { deletionTimestamp, finalizers = [], generation } = object.metadata;
  if (deletionTimestamp === undefined) return { kind: 'put', object };
  if (byUid === undefined) return NONE;
  if (!isContent || finalizers.length === 0) return { kind: 'remove', object: byUid };
  const metadata = {
    ...byUid.metadata,
    deletionTimestamp,
    finalizers,
    ...(generation === undefined ? {} : { generation }),
  };
  return { kind: 'put', object: { ...byUid, metadata } };
}

/**
 * What an event does to the store of works: finalizers and status are the agent's own and stay; an older generation is ignored; a deletion
 * keeps what the agent needs to clean up.
 *
 * @param byUid the stored work with the uid of the incoming one
 */
export function changeOfWork(
  { object }: Pick<Incoming<ManifestWork>, 'object'>,
  byUid: ManifestWork | undefined,
): StoreChange<ManifestWork> {
  if (byUid === undefined) return { kind: 'put', object };
  const { name, generation = 0, deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined) return { kind: 'put', object: deletedWork(byUid, object) };
  if (byUid.metadata.name !== name) return { kind: 'put', object, renamedFrom: byUid.metadata.name };
  const isOlder = generation !== 0 && generation < (byUid.metadata.generation ?? 0);
  return isOlder ? NONE : { kind: 'put', object: replacedWork(byUid, object) };
}

function deletedWork(stored: ManifestWork, { metadata }: ManifestWork): ManifestWork {
  const { deletionTimestamp, generation = 0 } = metadata;
  const finalizers = stored.metadata.finalizers ?? metadata.finalizers ?? [];
  const deletion = deletionTimestamp === undefined ? {} : { deletionTimestamp };
  return { ...stored, metadata: { ...stored.metadata, ...deletion, generation, finalizers } };
}

function replacedWork({ metadata: { finalizers }, status }: ManifestWork, work: ManifestWork): ManifestWork {
  return {
    ...work,
    metadata: { ...work.metadata, ...(finalizers === undefined ? {} : { finalizers }) },
    ...(status === undefined ? {} : { status }),
  };
}
