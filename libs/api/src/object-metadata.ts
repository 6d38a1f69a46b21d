import type { KubeObject, OwnerReference } from './meta.ts';

/** Whether somebody asked for the deletion of an object; finalizers may still hold it. */
export function isDeleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** Whether an object carries a finalizer. */
export function hasFinalizer(object: KubeObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) ?? false;
}

/** The finalizers of an object with one more; the same list when it is there already. */
export function withFinalizer(finalizers: readonly string[] | undefined, finalizer: string): readonly string[] {
  if (finalizers === undefined) return [finalizer];
  return finalizers.includes(finalizer) ? finalizers : [...finalizers, finalizer];
}

/** The finalizers of an object without the given ones; the same list when it has none of them. */
export function withoutFinalizers(
  finalizers: readonly string[] | undefined,
  ...removed: readonly string[]
): readonly string[] {
  if (finalizers === undefined) return [];
  return finalizers.some((each) => removed.includes(each))
    ? finalizers.filter((each) => !removed.includes(each))
    : finalizers;
}

/** Whether two references name the same owner: group, kind and name count; version, UID and flags do not. */
export function isSameOwner(a: OwnerReference, b: OwnerReference): boolean {
  return a.kind === b.kind && a.name === b.name && groupOf(a.apiVersion) === groupOf(b.apiVersion);
}

/**
 * The owner references with one of them written: one that names the same owner is replaced in place, else it is appended.
 * The same list when nothing would change.
 */
export function withOwner(
  owners: readonly OwnerReference[] | undefined,
  owner: OwnerReference,
): readonly OwnerReference[] {
  const present = owners?.find((each) => isSameOwner(each, owner));
  if (owners === undefined || present === undefined) return [...(owners ?? []), owner];
  if (isSameReference(present, owner)) return owners;
  return owners.map((each) => (each === present ? owner : each));
}

/** The owner references without those of a UID; the same list when there is none. */
export function withoutOwner(owners: readonly OwnerReference[] | undefined, uid: string): readonly OwnerReference[] {
  if (owners === undefined) return [];
  return owners.some((each) => each.uid === uid) ? owners.filter((each) => each.uid !== uid) : owners;
}

function isSameReference(a: OwnerReference, b: OwnerReference): boolean {
  return (
    a.apiVersion === b.apiVersion &&
    a.uid === b.uid &&
    (a.controller ?? false) === (b.controller ?? false) &&
    (a.blockOwnerDeletion ?? false) === (b.blockOwnerDeletion ?? false)
  );
}

/** API group of an `apiVersion`; empty for the core group. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
