import { isSameOwner, type ObjectMeta, type OwnerReference, withOwner } from '@ocm/api';

type Entries = Readonly<Record<string, string>>;

// "Remove that", as the end of a label or annotation key, or of the UID of an owner reference (work 8.3).
const REMOVAL_MARK = '-';

/**
 * The live metadata with the labels, annotations and owner references of a manifest merged in (work 8.3). Everything else, such as
 * finalizers, stays. Returns `live` itself when nothing changes.
 */
export function mergeMetadata(live: ObjectMeta, required: ObjectMeta): ObjectMeta {
  const labels = mergeEntries(live.labels, required.labels);
  const annotations = mergeEntries(live.annotations, required.annotations);
  const ownerReferences = mergeOwners(live.ownerReferences, required.ownerReferences);
  const changed = {
    ...(labels === undefined || labels === live.labels ? {} : { labels }),
    ...(annotations === undefined || annotations === live.annotations ? {} : { annotations }),
    ...(ownerReferences === undefined || ownerReferences === live.ownerReferences ? {} : { ownerReferences }),
  };
  return Object.keys(changed).length === 0 ? live : { ...live, ...changed };
}

/** Owner references after those of a manifest are merged in; the same list when nothing changes. */
export function mergeOwners(
  live: readonly OwnerReference[] | undefined,
  required: readonly OwnerReference[] | undefined,
): readonly OwnerReference[] | undefined {
  return (required ?? []).reduce<readonly OwnerReference[] | undefined>((owners, owner) => {
    if (!isMarked(owner.uid)) return withOwner(owners, owner);
    return owners?.some((each) => isSameOwner(each, owner)) === true
      ? owners.filter((each) => !isSameOwner(each, owner))
      : owners;
  }, live);
}

/** The metadata to create an object with: what is marked for removal is left out. */
export function metadataToCreate(required: ObjectMeta): ObjectMeta {
  const { labels, annotations, ownerReferences, ...rest } = required;
  const owners = ownerReferences?.filter(({ uid }) => !isMarked(uid)) ?? [];
  return {
    ...rest,
    ...(labels === undefined ? {} : { labels: mergeEntries({}, labels) ?? {} }),
    ...(annotations === undefined ? {} : { annotations: mergeEntries({}, annotations) ?? {} }),
    ...(owners.length === 0 ? {} : { ownerReferences: owners }),
  };
}

/** A reference that asks for the removal of the owner it names. */
export function ownerRemoval(owner: OwnerReference): OwnerReference {
  return { ...owner, uid: `${owner.uid}${REMOVAL_MARK}` };
}

function mergeEntries(live: Entries | undefined, required: Entries | undefined): Entries | undefined {
  const wanted = Object.entries(required ?? {});
  const removed = new Set(wanted.filter(([key]) => isMarked(key)).map(([key]) => key.replace(/-+$/, '')));
  const set = wanted.filter(([key, value]) => !isMarked(key) && live?.[key] !== value);
  const kept = Object.entries(live ?? {}).filter(([key]) => !removed.has(key));
  if (set.length === 0 && kept.length === Object.keys(live ?? {}).length) return live;
  return Object.fromEntries([...kept, ...set]);
}

function isMarked(text: string): boolean {
  return text.endsWith(REMOVAL_MARK);
}
