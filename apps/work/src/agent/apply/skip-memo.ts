import type { Kind } from '@ocm/api';
import type { ResourceId } from '../manifest/resource-id.ts';
import type { SeenObject } from '../objects/object-reader.ts';
import type { KnownObject } from '../objects/known-objects.ts';
import type { ApplyTools } from './strategy.ts';

/** What is known of an object before anybody is asked (work 8.4). */
export interface Memo {
  /** As a watch has it, when neither our side nor the object has changed since they were last found or made equal: nothing to do. */
  readonly unchanged: SeenObject | undefined;
  /** As it was left, when a watch tells that nobody has touched it since, not even its status. */
  readonly untouched: KnownObject | undefined;
  /** Somebody has seen it: it is read before it is written. */
  readonly isSeen: boolean;
  /** Whether an object that was just read is still as it was left. */
  readonly isAsLeft: (now: { readonly resourceVersion?: string }) => boolean;
}

/** @param fingerprint of all that decides about the object on our side */
export function recall(
  { id, resource }: { readonly id: ResourceId; readonly resource: Kind },
  fingerprint: string,
  { known, reader }: Pick<ApplyTools, 'known' | 'reader'>,
): Memo {
  const before: KnownObject | undefined = known.get(id);
  const watched = reader.watched(resource, id);
  const isAsLeft = ({ resourceVersion }: { readonly resourceVersion?: string }): boolean =>
    before?.fingerprint === fingerprint && before.resourceVersion === resourceVersion;
  const isSeen = before !== undefined || watched !== undefined;
  if (before === undefined || watched === undefined)
    return { unchanged: undefined, untouched: undefined, isSeen, isAsLeft };
  const isSameObject = before.uid === watched.uid;
  const isUntouched = isSameObject && before.resourceVersion === watched.resourceVersion;
  // Another status alone is no change.
  const isSame = isSameObject && before.content === watched.content;
  return {
    unchanged: before.fingerprint === fingerprint && isSame ? watched : undefined,
    untouched: isUntouched ? before : undefined,
    isSeen,
    isAsLeft,
  };
}
