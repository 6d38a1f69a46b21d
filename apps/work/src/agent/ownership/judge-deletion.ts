import { isDeleting, type AppliedResource, type KubeObject, type OwnerReference, withoutOwner } from '@ocm/api';
import { isAppliedWorkReference } from './owner.ts';

/** What happens to an applied object that its work no longer lists (work 9.3). */
export type DeletionVerdict =
  /** It is gone, or not ours: forget about it. */
  | { readonly kind: 'forget' }
  /** Only our reference goes; the object stays. */
  | { readonly kind: 'release'; readonly ownerReferences: readonly OwnerReference[] }
  /** Somebody's finalizer holds it: look again later. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'delete'; readonly uid: string };

export interface DeletionCase {
  readonly recorded: AppliedResource;
  /** Read live; `undefined` when it does not exist. */
  readonly live: KubeObject | undefined;
  /** UID of the AppliedManifestWork. */
  readonly ownerUid: string;
  /** The delete option of the work leaves this resource behind. */
  readonly orphaned: boolean;
}

/** Only an object that we own, that nobody else's work owns, and that is still the one we applied is deleted. */
export function judgeDeletion({ recorded, live, ownerUid, orphaned }: DeletionCase): DeletionVerdict {
  if (live === undefined) return { kind: 'forget' };
  const owners = live.metadata.ownerReferences ?? [];
  if (!owners.some(({ uid }) => uid === ownerUid)) return { kind: 'forget' };
  const shared = owners.some((owner) => isAppliedWorkReference(owner) && owner.uid !== ownerUid);
  if (shared || orphaned) return { kind: 'release', ownerReferences: withoutOwner(owners, ownerUid) };
  const { uid } = live.metadata;
  if (uid === undefined || uid !== recorded.uid) return { kind: 'forget' };
  return isDeleting(live) ? { kind: 'pending' } : { kind: 'delete', uid };
}
