import {
  finalizers,
  hasFinalizer,
  isConditionTrue,
  isDeleting,
  type ManifestWork,
  semanticEqual,
  workConditions,
} from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';

/** Whether a work is to be applied at all (work 7.1). */
export function isApplicable(work: ManifestWork): boolean {
  if (isDeleting(work) || !hasFinalizer(work, finalizers.work)) return false;
  return !isComplete(work);
}

function isComplete({ status }: ManifestWork): boolean {
  return isConditionTrue(status?.conditions, workConditions.complete.type);
}

/** The work to apply after an event (work 5.3): a new one, or one that got its finalizer, another spec or other labels. */
export function workToApply(event: ObjectEvent<ManifestWork>): string | undefined {
  const { object } = event;
  if (!hasFinalizer(object, finalizers.work)) return undefined;
  switch (event.type) {
    case 'added':
    case 'resync':
      return object.metadata.name;
    case 'deleted':
      return undefined;
    case 'updated':
      return isReason(event.previous, object) || isChanged(event) ? object.metadata.name : undefined;
  }
}

/** Whether a work is another one, or may be applied only now: it got its finalizer, or is no longer complete (work 11.6). */
function isReason(previous: ManifestWork, object: ManifestWork): boolean {
  const isNew = previous.metadata.uid !== object.metadata.uid;
  return isNew || !hasFinalizer(previous, finalizers.work) || (isComplete(previous) && !isComplete(object));
}

/** Whether an event brings another spec or other labels: what failed before may succeed now (work 7.1, 22). */
export function isChanged(event: ObjectEvent<ManifestWork>): boolean {
  if (event.type !== 'updated') return false;
  const { object, previous } = event;
  return (
    object.metadata.generation !== previous.metadata.generation ||
    !semanticEqual({ labels: object.metadata.labels }, { labels: previous.metadata.labels })
  );
}
