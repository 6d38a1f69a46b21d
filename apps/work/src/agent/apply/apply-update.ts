import type { Kind } from '@ocm/api';
import { isKubeError, type Resource } from '@ocm/kube';
import type { Comparison, KindRules } from '../compare/comparison.ts';
import { kindRulesFor } from '../compare/kind-rules.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import { refOfResource, type ResourceId } from '../manifest/resource-id.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';
import type { KnownObject } from '../objects/known-objects.ts';
import { observed } from '../objects/observation.ts';
import { createMissing, ensureObject, type EnsureRequest } from './ensure-object.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { ApplyOutcome } from './manifest-result.ts';
import { applied, type ApplyRequest, type ApplyTools, failed, type Strategy } from './strategy.ts';

/** An object on its way to what the manifest asks for. */
interface Target {
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
  const { id, resource } = request.manifest;
  const target = targetOf(request, tools, signal);
  const known = tools.known.get(id);
  const watched = tools.reader.watched(resource, id);
  if (watched !== undefined && isDone(known, target, watched)) {
    return { kind: 'applied', observation: { kind: 'present', ...watched } };
  }
  const isExpected = request.isRecorded || known !== undefined || watched !== undefined;
  const ensured = await ensureObject({ ...target, isExpected });
  switch (ensured.kind) {
    case 'failed':
      tools.known.forget(id);
      return ensured.outcome;
    case 'created':
      return remember(ensured.object, target, tools);
    case 'found':
      return isDone(known, target, ensured.object.metadata)
        ? remember(ensured.object, target, tools)
        : correct(ensured.object, target, tools);
  }
};

/** Neither the manifest nor the object has changed since they were last found or made equal (work 8.4). */
function isDone(known: KnownObject | undefined, target: Target, now: { readonly resourceVersion?: string }): boolean {
  return known?.fingerprint === target.fingerprint && known.resourceVersion === now.resourceVersion;
}

function targetOf({ manifest, owner, strategy }: ApplyRequest, { spoke }: ApplyTools, signal: AbortSignal): Target {
  const { object, id, resource } = manifest;
  const { group, version, kind } = resource;
  const rules = kindRulesFor({ group, version, kind }, object);
  // References in a manifest name owners of another cluster; only ours means anything here.
  const manifestWithOwner = { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
  const required = rules.prepare?.(manifestWithOwner) ?? manifestWithOwner;
  const served = servedKind(manifest, rules);
  const apiVersion = served === resource ? required.apiVersion : `${served.group}/${served.version}`;
  return {
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
  const { rules, required, resource, signal } = target;
  const comparison = rules.compare(required, live);
  switch (comparison.kind) {
    case 'same':
      return remember(live, target, tools);
    case 'recreate':
      return recreate(live, target, tools);
    case 'replace':
      try {
        return remember(await resource.replace(writable(comparison), { signal }), target, tools);
      } catch (error) {
        signal.throwIfAborted();
        if (rules.recreateWhenImmutable === true && isImmutableRefusal(error)) return recreate(live, target, tools);
        return failed(error, observed(live));
      }
  }
}

async function recreate(live: AnyObject, target: Target, tools: ApplyTools): Promise<ApplyOutcome> {
  const { resource, id, signal } = target;
  try {
    await resource.delete(refOfResource(id), { uid: live.metadata.uid, propagation: 'Background', signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!isKubeError(error, 'not-found')) return failed(error, observed(live));
  }
  tools.known.forget(id);
  const request: EnsureRequest = { ...target, isExpected: false };
  const ensured = await createMissing(request);
  return ensured.kind === 'failed' ? ensured.outcome : remember(ensured.object, target, tools);
}

function remember(object: AnyObject, { id, fingerprint }: Target, { known, clock }: ApplyTools): ApplyOutcome {
  known.applied(id, object, { fingerprint, seenMs: clock.now().getTime() });
  return applied(object);
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
