import type { AppliedManifestWork, AppliedResource, KubeObject } from '@ocm/api';
import { isKubeError, type KubeClient, type Logger, type Resource } from '@ocm/kube';
import { inParallel } from '../in-parallel.ts';
import { describeResource, idOf, kindOf, refOfResource, type ResourceId } from '../manifest/resource-id.ts';
import type { KnownObjects } from '../objects/known-objects.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
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
  readonly reader: Pick<ObjectReader, 'watched'>;
}

/** What is left after a pass over resources to be deleted. */
export interface DeletionResult {
  /** Not gone yet: waiting for finalizers, just deleted, or failed; to be looked at again. */
  readonly pending: readonly AppliedResource[];
  readonly errors: readonly Error[];
}

/** The shared procedure of work 9.3: judges each resource as it is now, and deletes, releases or forgets it. */
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

interface Target {
  readonly recorded: AppliedResource;
  readonly id: ResourceId;
  /** Metadata are all that a verdict needs. */
  readonly resource: Resource<KubeObject>;
  readonly deletion: Omit<Deletion, 'resources'>;
  readonly tools: DeletionTools;
  readonly signal: AbortSignal;
}

async function deleteOne(
  recorded: AppliedResource,
  deletion: Omit<Deletion, 'resources'>,
  { tools, signal }: { readonly tools: DeletionTools; readonly signal: AbortSignal },
): Promise<'gone' | 'pending'> {
  const id = idOf(recorded);
  const target = { recorded, id, resource: tools.spoke.kind(kindOf(recorded)).metadata(), deletion, tools, signal };
  const untouched = deletion.isOrphaned(id) ? undefined : untouchedVersion(target);
  const answer = untouched === undefined ? 'changed' : await askToGo(untouched, target);
  const outcome = answer === 'changed' ? await deleteJudged(target) : answer;
  if (outcome === 'gone') tools.known.forget(id);
  return outcome;
}

/**
 * The version of an object of which it is known without a look that it is the one that was recorded, and that no other work owns it. The
 * API server deletes this version only, so the verdict still holds when the object goes.
 */
function untouchedVersion({ recorded, id, deletion, tools }: Target): Version | undefined {
  const before = tools.known.get(id);
  const watched = tools.reader.watched(kindOf(recorded), id);
  if (before?.soleOwner === undefined || before.soleOwner !== deletion.appliedWork.metadata.uid) return undefined;
  const isSame = before.uid === recorded.uid && watched?.uid === before.uid && watched.content === before.content;
  return isSame ? watched : undefined;
}

async function deleteJudged(target: Target): Promise<'gone' | 'pending'> {
  const { recorded, id, resource, deletion, tools, signal } = target;
  const live = await findLive(tools.spoke, { kind: kindOf(recorded), id }, signal);
  const ownerUid = deletion.appliedWork.metadata.uid ?? '';
  const verdict = judgeDeletion({ recorded, live, ownerUid, orphaned: deletion.isOrphaned(id) });
  switch (verdict.kind) {
    case 'pending':
      return 'pending';
    case 'forget':
      return 'gone';
    case 'release':
      if (live !== undefined) {
        await resource.patchMetadata(live, { ownerReferences: verdict.ownerReferences }, { signal });
        note(target, 'object released');
      }
      return 'gone';
    case 'delete': {
      // Of this version only: in between another work may have come to own it. What has changed is judged anew by a later pass.
      const answer = await askToGo({ uid: verdict.uid, resourceVersion: live?.metadata.resourceVersion }, target);
      return answer === 'gone' ? 'gone' : 'pending';
    }
  }
}

interface Version {
  readonly uid: string;
  readonly resourceVersion: string | undefined;
}

/** Asks for the deletion of one version; what is pending then a later pass sees gone. */
async function askToGo({ uid, resourceVersion }: Version, target: Target): Promise<'gone' | 'pending' | 'changed'> {
  const { id, resource, signal } = target;
  try {
    const options = { uid, resourceVersion, propagation: 'Background', signal } as const;
    const answer = await resource.delete(refOfResource(id), options);
    note(target, 'object deleted');
    return answer === 'gone' ? 'gone' : 'pending';
  } catch (error) {
    if (isKubeError(error, 'conflict')) return 'changed';
    if (isKubeError(error, 'not-found')) return 'gone';
    throw error;
  }
}

function note({ id, deletion, tools }: Target, what: string): void {
  tools.log.info({ appliedWork: deletion.appliedWork.metadata.name, object: describeResource(id) }, what);
}
