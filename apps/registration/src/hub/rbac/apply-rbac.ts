import { finalizers, hasFinalizer, isDeleting, withoutFinalizers } from '@ocm/api';
import { isKubeError, type Ref, type Resource } from '@ocm/kube';
import { planRbac, type RbacObject } from './plan-rbac.ts';

/** A permission object as some read has it, and as it should be. */
export interface RbacTarget<T extends RbacObject> {
  /** From a cache, possibly old: a write is guarded by its version. */
  readonly present: T | undefined;
  readonly wanted: T;
}

/** Makes a permission object what is wanted; sends nothing when it is. */
export async function applyRbac<T extends RbacObject>(
  resource: Resource<T>,
  { present, wanted }: RbacTarget<T>,
  signal: AbortSignal,
): Promise<void> {
  const plan = planRbac(present, wanted);
  switch (plan.kind) {
    case 'keep':
      return;
    case 'replace':
      await resource.replace(plan.object, { signal });
      return;
    case 'recreate':
      return recreate(resource, wanted, signal);
    case 'create':
      return createOrCompare(resource, wanted, signal);
  }
}

/** Deletes a permission object and drops the finalizer of a work binding, so that it is gone; an absent one is fine. */
export async function removeRbac<T extends RbacObject>(
  resource: Resource<T>,
  ref: Ref,
  signal: AbortSignal,
): Promise<void> {
  await deleteRbac(resource, ref, signal);
  const left = await resource.find(ref, { signal });
  if (left === undefined || !isDeleting(left) || !hasFinalizer(left, finalizers.workRoleBinding)) return;
  const rest = withoutFinalizers(left.metadata.finalizers, finalizers.workRoleBinding);
  await resource.patchMetadata(left, { finalizers: rest }, { signal });
}

/** Asks for the deletion of a permission object; a work binding stays, and stays effective, while it has its finalizer. */
export async function deleteRbac<T extends RbacObject>(
  resource: Resource<T>,
  ref: Ref,
  signal: AbortSignal,
): Promise<void> {
  try {
    await resource.delete(ref, { signal });
  } catch (error) {
    if (!isKubeError(error, 'not-found')) throw error;
  }
}

async function recreate<T extends RbacObject>(resource: Resource<T>, wanted: T, signal: AbortSignal): Promise<void> {
  // What a cache says is not enough to delete something.
  const present = await resource.find(refTo(wanted), { signal });
  if (planRbac(present, wanted).kind !== 'recreate') return applyRbac(resource, { present, wanted }, signal);
  await removeRbac(resource, refTo(wanted), signal);
  await resource.create(wanted, { signal });
}

async function createOrCompare<T extends RbacObject>(
  resource: Resource<T>,
  wanted: T,
  signal: AbortSignal,
): Promise<void> {
  try {
    await resource.create(wanted, { signal });
  } catch (error) {
    if (!isKubeError(error, 'exists')) throw error;
    // The cache lags behind, or the object lacks the label without which it is not cached.
    const present = await resource.get(refTo(wanted), { signal });
    await applyRbac(resource, { present, wanted }, signal);
  }
}

function refTo({ metadata: { namespace, name } }: RbacObject): Ref {
  return { namespace, name };
}
