import type { Kind } from '@ocm/api';
import { isKubeError, type Resource } from '@ocm/kube';
import { bareMark, enforcesAll, metadataMark } from '../compare/bare.ts';
import type { Comparison, KindRules } from '../compare/comparison.ts';
import { kindRulesFor } from '../compare/kind-rules.ts';
import { metadataToCreate } from '../compare/merge-metadata.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import { refOfResource, type ResourceId } from '../manifest/resource-id.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';
import { observed, UNKNOWN } from '../objects/observation.ts';
import { soleOwner } from '../ownership/owner.ts';
import { createMissing, ensureObject } from './ensure-object.ts';
import { fingerprintOf } from './fingerprint.ts';
import { lastForeignManager, NOTHING_FOUND } from './last-foreign-manager.ts';
import type { ApplyOutcome, Correction } from './manifest-result.ts';
import { type Memo, recall } from './skip-memo.ts';
import { applied, type ApplyRequest, type ApplyTools, failed, logChange, type Strategy } from './strategy.ts';

/** An object on its way to what the manifest asks for. */
interface Target {
  readonly request: ApplyRequest;
  readonly id: ResourceId;
  readonly resource: Resource<AnyObject>;
  readonly rules: KindRules;
  /** The manifest with its owner reference, in the form that is compared and written. */
  readonly required: AnyObject;
  readonly fingerprint: string;
  readonly signal: AbortSignal;
}

/** The strategy `Update` (work 8.1, 8.2): create what is missing, correct what differs, and write nothing else. */
export const applyUpdate: Strategy = async (request, tools, signal) => {
  const target = targetOf(request, tools, signal);
  const memo = recall(request.manifest, target.fingerprint, tools);
  if (memo.unchanged !== undefined) return { kind: 'applied', observation: { kind: 'present', ...memo.unchanged } };
  const replaced = await replaceUnread(target, memo, tools);
  if (replaced !== undefined) return replaced;
  const ensured = await ensureObject({ ...target, isExpected: request.isRecorded || memo.isSeen });
  switch (ensured.kind) {
    case 'failed':
      tools.known.forget(target.id);
      return ensured.outcome;
    case 'created':
      logChange(request, tools, 'created');
      return remember(ensured.object, target, { tools, correction: NOTHING_FOUND });
    case 'found':
      return memo.isAsLeft(ensured.object.metadata)
        ? remember(ensured.object, target, { tools })
        : correct(ensured.object, target, tools);
  }
};

/**
 * Replaces an object that is as we left it, and had nothing then but what its manifest gave it: what the PUT says is all that would come of
 * reading it first. `undefined` when it must be read, because more is on it, or because the API server refuses.
 */
async function replaceUnread(
  target: Target,
  { untouched }: Memo,
  tools: ApplyTools,
): Promise<ApplyOutcome | undefined> {
  const { request, id, rules, required, resource, signal } = target;
  if (untouched?.bare === undefined || untouched.bare !== metadataMark(required)) return undefined;
  if (!enforcesAll(rules, required)) return undefined;
  const { uid, resourceVersion } = untouched;
  const metadata = { ...metadataToCreate(required.metadata), uid, resourceVersion };
  try {
    const object = await resource.replace({ ...required, metadata }, { signal });
    if (object.metadata.resourceVersion === resourceVersion) return remember(object, target, { tools });
    logChange(request, tools, 'updated');
    return remember(object, target, { tools, correction: NOTHING_FOUND });
  } catch (error) {
    signal.throwIfAborted();
    tools.known.forget(id);
    const outcome = failed(error, UNKNOWN);
    return outcome.kind === 'lost' ? outcome : undefined;
  }
}

function targetOf(request: ApplyRequest, { spoke }: ApplyTools, signal: AbortSignal): Target {
  const { manifest, owner, strategy } = request;
  const { object, id, resource } = manifest;
  const { group, version, kind } = resource;
  const rules = kindRulesFor({ group, version, kind }, object);
  // References in a manifest name owners of another cluster; only ours means anything here.
  const manifestWithOwner = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
  const required = rules.prepare?.(manifestWithOwner) ?? manifestWithOwner;
  const served = servedKind(manifest, rules);
  const apiVersion = served === resource ? required.apiVersion : `${served.group}/${served.version}`;
  return {
    request,
    id,
    resource: spoke.kind(served),
    rules,
    required: apiVersion === undefined ? required : { ...required, apiVersion },
    fingerprint: fingerprintOf(required, strategy),
    signal,
  };
}

function servedKind({ resource }: ResolvedManifest, { version }: KindRules): Kind<AnyObject> {
  return version === undefined || version === resource.version ? resource : { ...resource, version };
}

async function correct(live: AnyObject, target: Target, tools: ApplyTools): Promise<ApplyOutcome> {
  const { request, rules, required, resource, signal } = target;
  const comparison = rules.compare(required, live);
  switch (comparison.kind) {
    case 'same':
      return remember(live, target, { tools });
    case 'recreate':
      return recreate(live, target, tools);
    case 'replace':
      try {
        const replaced = await resource.replace(writable(comparison), { signal });
        // The server makes nothing of a PUT that only leaves out its defaults.
        if (replaced.metadata.resourceVersion === live.metadata.resourceVersion) {
          return remember(replaced, target, { tools });
        }
        logChange(request, tools, 'updated');
        return remember(replaced, target, { tools, correction: { rival: lastForeignManager(live) } });
      } catch (error) {
        signal.throwIfAborted();
        if (rules.recreateWhenImmutable === true && isImmutableRefusal(error)) return recreate(live, target, tools);
        return failed(error, observed(live));
      }
  }
}

async function recreate(live: AnyObject, target: Target, tools: ApplyTools): Promise<ApplyOutcome> {
  const { request, resource, id, signal } = target;
  logChange(request, tools, 'deleted to be created anew');
  try {
    await resource.delete(refOfResource(id), { uid: live.metadata.uid, propagation: 'Background', signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!isKubeError(error, 'not-found')) return failed(error, observed(live));
  }
  tools.known.forget(id);
  const ensured = await createMissing({ ...target, isExpected: false });
  if (ensured.kind === 'failed') return ensured.outcome;
  logChange(request, tools, 'created');
  return remember(ensured.object, target, { tools, correction: { rival: lastForeignManager(live) } });
}

function remember(
  object: AnyObject,
  { request, id, rules, required, fingerprint }: Target,
  { tools, correction }: { readonly tools: ApplyTools; readonly correction?: Correction },
): ApplyOutcome {
  tools.known.applied(id, object, {
    fingerprint,
    soleOwner: soleOwner(request.owner, object),
    bare: bareMark(object, required, rules),
    seenMs: tools.clock.now().getTime(),
  });
  return applied(object, correction);
}

// managedFields stay as the server has them when they are left out, and they are the larger half of many objects.
function writable({ object }: Extract<Comparison, { kind: 'replace' }>): AnyObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata as AnyObject['metadata'] & {
    readonly managedFields?: unknown;
  };
  return { ...object, metadata };
}

function isImmutableRefusal(error: unknown): boolean {
  return isKubeError(error, 'invalid') && error.message.includes('immutable');
}
