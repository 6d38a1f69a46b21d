import type { AnyObject } from '../manifest/any-object.ts';
import { observed } from '../objects/observation.ts';
import { soleOwner } from '../ownership/owner.ts';
import { ensureObject } from './ensure-object.ts';
import { fingerprintOf } from './fingerprint.ts';
import { lastForeignManager, NOTHING_FOUND } from './last-foreign-manager.ts';
import type { ApplyOutcome, Correction } from './manifest-result.ts';
import { reconcileOwner } from './reconcile-owner.ts';
import { recall } from './skip-memo.ts';
import { applied, type ApplyRequest, type ApplyTools, failed, logChange, type Strategy } from './strategy.ts';

/**
 * The strategy `CreateOnly` (work 8.5): create what is missing, never change content. The owner reference is kept right nevertheless,
 * so that an object that was there before becomes owned.
 */
export const applyCreateOnly: Strategy = async (request, tools, signal) => {
  const { manifest, owner, strategy, isRecorded } = request;
  const { id, object } = manifest;
  const resource = tools.spoke.kind(manifest.resource);
  const required = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
  // Once the object exists, the owner is all that matters.
  const fingerprint = fingerprintOf(owner, strategy);
  const memo = recall(manifest, fingerprint, tools);
  if (memo.unchanged !== undefined) return { kind: 'applied', observation: { kind: 'present', ...memo.unchanged } };
  const isExpected = isRecorded || memo.isSeen;
  const ensured = await ensureObject({ resource, id, required, isExpected, signal });
  switch (ensured.kind) {
    case 'failed':
      tools.known.forget(id);
      return ensured.outcome;
    case 'created':
      logChange(request, tools, 'created');
      return remember(ensured.object, { request, fingerprint, correction: NOTHING_FOUND }, tools);
    case 'found':
      try {
        const owned = await reconcileOwner({ live: ensured.object, request, resource, signal }, tools);
        const correction = owned === ensured.object ? undefined : { rival: lastForeignManager(ensured.object) };
        return remember(owned, { request, fingerprint, correction }, tools);
      } catch (error) {
        signal.throwIfAborted();
        return failed(error, observed(ensured.object));
      }
  }
};

function remember(
  object: AnyObject,
  {
    request,
    fingerprint,
    correction,
  }: { request: ApplyRequest; fingerprint: string; correction: Correction | undefined },
  { known, clock }: ApplyTools,
): ApplyOutcome {
  known.applied(request.manifest.id, object, {
    fingerprint,
    soleOwner: soleOwner(request.owner, object),
    seenMs: clock.now().getTime(),
  });
  return applied(object, correction);
}
