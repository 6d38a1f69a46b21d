import type { AppliedManifestWork, AppliedResource } from '@ocm/api';
import { isKubeError, type KubeClient, type Logger } from '@ocm/kube';
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
    case 'delete':
      try {
        await resource.delete(refOfResource(id), { uid: verdict.uid, propagation: 'Background', signal });
        tools.log.info(fields, 'object deleted');
        return 'pending'; // until a later pass sees it gone
      } catch (error) {
        if (!isKubeError(error, 'not-found', 'conflict')) throw error;
      }
  }
  tools.known.forget(id);
  return 'gone';
}
