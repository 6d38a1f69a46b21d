import {
  hasFinalizer,
  finalizers,
  isConditionTrue,
  isDeleting,
  type ManifestWork,
  type ManifestWorkStatus,
  withFinalizer,
  withoutFinalizers,
  workConditions,
} from '@ocm/api';
import { digestStatus, type HeldWork } from './held-work.ts';

/** What is done with the status that an agent reports of a work (cloudevents-grpc 13). */
export type StatusVerdict =
  /** Of a generation that is no longer, or nothing new: an error would only make the agent repeat it. */
  | { readonly kind: 'nothing' }
  /** The agent has cleaned up: the work may go. */
  | { readonly kind: 'release'; readonly finalizers: readonly string[] }
  | {
      readonly kind: 'store';
      /** Finalizers to set before, so that no work with a status goes without being cleaned up. */
      readonly finalizers: readonly string[] | undefined;
      /** To replace the stored one; `undefined` when that says the same. */
      readonly status: StatusPatch | undefined;
    };

/** A status in a merge patch: `null` removes a member. */
export interface StatusPatch {
  readonly conditions: ManifestWorkStatus['conditions'] | null;
  readonly resourceStatus: ManifestWorkStatus['resourceStatus'] | null;
}

/** @param reported generation and status as the agent sent them */
export function judgeStatus(
  stored: HeldWork,
  { metadata, status }: ManifestWork & { readonly status: ManifestWorkStatus },
): StatusVerdict {
  const { finalizers: present, generation = 0 } = stored.metadata;
  if (isConditionTrue(status.conditions, workConditions.deleted.type)) {
    return { kind: 'release', finalizers: withoutFinalizers(present, finalizers.work) };
  }
  if (generation > (metadata.generation ?? 0)) return { kind: 'nothing' };
  // The API server takes no new finalizer on what is being deleted.
  const isHeld = hasFinalizer(stored, finalizers.work) || isDeleting(stored);
  const isSame = stored.statusDigest === digestStatus(status);
  if (isHeld && isSame) return { kind: 'nothing' };
  return {
    kind: 'store',
    finalizers: isHeld ? undefined : withFinalizer(present, finalizers.work),
    status: isSame ? undefined : patchOf(status),
  };
}

function patchOf({ conditions, resourceStatus }: ManifestWorkStatus): StatusPatch {
  return { conditions: conditions ?? null, resourceStatus: resourceStatus ?? null };
}
