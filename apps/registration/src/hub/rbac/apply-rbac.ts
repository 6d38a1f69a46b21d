import { finalizers, hasFinalizer, isDeleting, withoutFinalizers } from '@ocm/api';
import { type Informer, isKubeError, type Ref, type Resource } from '@ocm/kube';
import { planRbac, type RbacObject } from './plan-rbac.ts';
import { slimRbac } from './slim-rbac.ts';

/** Where permission objects of a kind are read and written, and the cache that is told what was written. */
export interface RbacKind<T extends RbacObject> {
  readonly live: Resource<T>;
  readonly cache: Pick<Informer<T>, 'learn'>;
}

/** A permission object as some read has it, and as it should be. */
export interface RbacTarget<T extends RbacObject> {
  /** From a cache, possibly old: a write is guarded by its version. */
  readonly present: T | undefined;
  readonly wanted: T;
}

/** Makes a permission object what is wanted; sends nothing when it is. */
export async function applyRbac<T extends RbacObject>(
  kind: RbacKind<T>,
  { present, wanted }: RbacTarget<T>,
  signal: AbortSignal,
): Promise<void> {
  const plan = planRbac(present, wanted);
  switch (plan.kind) {
    case 'keep':
      return;
    case 'replace':
      kind.cache.learn(slimRbac(await kind.live.replace(plan.object, { signal })));
      return;
    case 'recreate':
      return recreate(kind, wanted, signal);
    case 'create':
      return createOrCompare(kind, wanted, signal);
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

async function recreate<T extends RbacObject>(kind: RbacKind<T>, wanted: T, signal: AbortSignal): Promise<void> {
  const { live, cache } = kind;
  // What a cache says is not enough to delete something.
  const present = await live.find(refTo(wanted), { signal });
  if (planRbac(present, wanted).kind !== 'recreate') return applyRbac(kind, { present, wanted }, signal);
  await removeRbac(live, refTo(wanted), signal);
  cache.learn(slimRbac(await live.create(wanted, { signal })));
}

async function createOrCompare<T extends RbacObject>(kind: RbacKind<T>, wanted: T, signal: AbortSignal): Promise<void> {
  const { live, cache } = kind;
  try {
    cache.learn(slimRbac(await live.create(wanted, { signal })));
  } catch (error) {
    if (!isKubeError(error, 'exists')) throw error;
    // The cache lags behind, or the object lacks the label without which it is not cached.
    const present = await live.get(refTo(wanted), { signal });
    await applyRbac(kind, { present, wanted }, signal);
  }
}

function refTo({ metadata: { namespace, name } }: RbacObject): Ref {
  return { namespace, name };
}
