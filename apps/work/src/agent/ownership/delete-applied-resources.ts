import type { AppliedManifestWork, AppliedResource, KubeObject } from '@ocm/api';
import { isKubeError, type KubeClient, type Logger, type Resource } from '@ocm/kube';
import { inParallel } from '../in-parallel.ts';
import { describeResource, idOf, kindOf, refOfResource, type ResourceId } from '../manifest/resource-id.ts';
import type { KnownObjects } from '../objects/known-objects.ts';
import { findLive } from './find-live.ts';
import { judgeDeletion } from './judge-deletion.ts';

export interface Deletion {
  readonly resources: readonly AppliedResource[];
  readonly appliedWork: AppliedManifestWork;
  /** Whether the delete option of the work leaves a resource behind. */
  readonly isOrphaned: (id: ResourceId) => boolean;
}

export interface DeletionTools {
  readonly log: Logger;
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly known: KnownObjects;
}

/** What is left after a pass over resources to be deleted. */
export interface DeletionResult {
  /** Not gone yet: waiting for finalizers, just deleted, or failed; to be looked at again. */
  readonly pending: readonly AppliedResource[];
  readonly errors: readonly Error[];
}

/** The shared procedure of work 9.3: reads each resource live and deletes, releases or forgets it. */
export async function deleteAppliedResources(
  { resources, ...deletion }: Deletion,
  tools: DeletionTools,
  signal: AbortSignal,
): Promise<DeletionResult> {
  const results = await inParallel(resources, (recorded) =>
    deleteOne(recorded, deletion, { tools, signal }).catch((cause: unknown) => {
      signal.throwIfAborted();
      return new Error(`cannot delete ${describeResource(recorded)}`, { cause });
    }),
  );
  return {
    pending: resources.filter((_, index) => results[index] !== 'gone'),
    errors: results.filter((result) => result instanceof Error),
  };
}

async function deleteOne(
  recorded: AppliedResource,
  { appliedWork, isOrphaned }: Omit<Deletion, 'resources'>,
  { tools, signal }: { readonly tools: DeletionTools; readonly signal: AbortSignal },
): Promise<'gone' | 'pending'> {
  const id = idOf(recorded);
  const resource = tools.spoke.kind(kindOf(recorded)).metadata(); // all that the verdict needs
  const live = await findLive(tools.spoke, { kind: kindOf(recorded), id }, signal);
  const verdict = judgeDeletion({
    recorded,
    live,
    ownerUid: appliedWork.metadata.uid ?? '',
    orphaned: isOrphaned(id),
  });
  const fields = { appliedWork: appliedWork.metadata.name, object: describeResource(id) };
  switch (verdict.kind) {
    case 'pending':
      return 'pending';
    case 'forget':
      break;
    case 'release':
      if (live !== undefined) {
        await resource.patchMetadata(live, { ownerReferences: verdict.ownerReferences }, { signal });
        tools.log.info(fields, 'object released');
      }
      break;
    case 'delete': {
      // Of this version only: in between another work may have come to own it.
      const seen = { uid: verdict.uid, resourceVersion: live?.metadata.resourceVersion };
      const onDeleted = (): void => tools.log.info(fields, 'object deleted');
      if (!(await isGone(resource, { id, seen, onDeleted, signal }))) return 'pending';
    }
  }
  tools.known.forget(id);
  return 'gone';
}

interface Target {
  readonly id: ResourceId;
  readonly seen: { readonly uid: string; readonly resourceVersion: string | undefined };
  readonly onDeleted: () => void;
  readonly signal: AbortSignal;
}

/** Asks for the deletion; what is not gone then a later pass sees gone, or judges anew. */
async function isGone(resource: Resource<KubeObject>, { id, seen, onDeleted, signal }: Target): Promise<boolean> {
  try {
    const answer = await resource.delete(refOfResource(id), { ...seen, propagation: 'Background', signal });
    onDeleted();
    return answer === 'gone';
  } catch (error) {
    if (isKubeError(error, 'conflict')) return false; // it has changed
    if (isKubeError(error, 'not-found')) return true;
    throw error;
  }
}
