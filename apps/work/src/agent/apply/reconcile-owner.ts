import type { Resource } from '@ocm/kube';
import { mergeOwners } from '../compare/merge-metadata.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import { type ApplyRequest, type ApplyTools, logChange } from './strategy.ts';

export interface OwnedObject {
  readonly live: AnyObject;
  readonly request: ApplyRequest;
  readonly resource: Resource<AnyObject>;
  readonly signal: AbortSignal;
}

/** The object after its owner references are as the work wants them; a write of its own, or none (work 8.5, 8.6). */
export async function reconcileOwner(
  { live, request, resource, signal }: OwnedObject,
  tools: ApplyTools,
): Promise<AnyObject> {
  const { ownerReferences: owners } = live.metadata;
  const wanted = mergeOwners(owners, [request.owner]);
  if (wanted === undefined || wanted === owners) return live;
  const owned = await resource.patchMetadata(live, { ownerReferences: wanted }, { signal });
  logChange(request, tools, wanted.length > (owners?.length ?? 0) ? 'given its owner' : 'released by its owner');
  return owned;
}
