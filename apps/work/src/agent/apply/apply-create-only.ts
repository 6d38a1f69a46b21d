import { mergeOwners } from '../compare/merge-metadata.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import { observed } from '../objects/observation.ts';
import { ensureObject } from './ensure-object.ts';
import { applied, failed, type Strategy } from './strategy.ts';

/**
 * The strategy `CreateOnly` (work 8.5): create what is missing, never change content. The owner reference is kept right nevertheless,
 * so that an object that was there before becomes owned.
 */
export const applyCreateOnly: Strategy = async ({ manifest, owner, isRecorded }, { spoke, known, clock }, signal) => {
  const { id, object } = manifest;
  const resource = spoke.kind(manifest.resource);
  const required = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
  const isExpected = isRecorded || known.get(id) !== undefined;
  const ensured = await ensureObject({ resource, id, required, isExpected, signal });
  if (ensured.kind === 'failed') {
    known.forget(id);
    return ensured.outcome;
  }
  let live: AnyObject = ensured.object;
  if (ensured.kind === 'found') {
    const { ownerReferences: owners } = live.metadata;
    const wanted = mergeOwners(owners, [owner]);
    try {
      if (wanted !== undefined && wanted !== owners) {
        live = await resource.patchMetadata(live, { ownerReferences: wanted }, { signal });
      }
    } catch (error) {
      signal.throwIfAborted();
      return failed(error, observed(live));
    }
  }
  known.saw(id, live, clock.now().getTime());
  return applied(live);
};
