import {
  apiVersionOf,
  AppliedManifestWork,
  type DeleteOption,
  isDeleting,
  type KubeObject,
  type OwnerReference,
} from '@ocm/api';
import { ownerRemoval } from '../compare/merge-metadata.ts';
import { isSameResource, type ResourceId } from '../manifest/resource-id.ts';

/** The reference by which an AppliedManifestWork owns an object (work 9.1). */
export function ownerReferenceOf({ metadata }: AppliedManifestWork): OwnerReference {
  return {
    apiVersion: apiVersionOf(AppliedManifestWork),
    kind: AppliedManifestWork.kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
  };
}

/** Whether a work owns a resource, or leaves it behind when it goes (work 9.2). */
export function isOwnedByWork(deleteOption: DeleteOption | undefined, id: ResourceId): boolean {
  switch (deleteOption?.propagationPolicy) {
    case 'Orphan':
      return false;
    case 'SelectivelyOrphan': {
      const rules = deleteOption.selectivelyOrphans?.orphaningRules ?? [];
      return !rules.some((rule) => isSameResource(rule, id));
    }
    case 'Foreground':
    case undefined:
      return true;
  }
}

/** What the owner references of an applied object must say: our reference is there, or it is not (work 7.5, 9.1). */
export function requiredOwner(owner: OwnerReference, owned: boolean): OwnerReference {
  return owned ? owner : ownerRemoval(owner);
}

/** The UID of a reference of ours, when of all works only that one owns the object, and it is not on its way out; else `undefined`. */
export function soleOwner({ uid }: OwnerReference, object: KubeObject): string | undefined {
  if (isDeleting(object)) return undefined;
  const { metadata } = object;
  const works = metadata.ownerReferences?.filter(isAppliedWorkReference) ?? [];
  return works.length === 1 && works[0]?.uid === uid ? uid : undefined;
}

/** Whether a reference is to an AppliedManifestWork, whichever. */
export function isAppliedWorkReference({ apiVersion, kind }: OwnerReference): boolean {
  return kind === AppliedManifestWork.kind && apiVersion.startsWith(`${AppliedManifestWork.group}/`);
}
