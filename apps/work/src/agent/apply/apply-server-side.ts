import { annotations, workAgentFieldManager } from '@ocm/api';
import { isKubeError, type Resource } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { refOfResource } from '../manifest/resource-id.ts';
import { UNKNOWN } from '../objects/observation.ts';
import { soleOwner } from '../ownership/owner.ts';
import { fingerprintOf } from './fingerprint.ts';
import { configSpecHash } from './ignore-fields/config-spec-hash.ts';
import { IgnoreFieldsError, leaveOut } from './ignore-fields/ignore-fields.ts';
import { lastForeignManager } from './last-foreign-manager.ts';
import type { ApplyOutcome } from './manifest-result.ts';
import { withoutNullTimestamps } from './null-timestamps.ts';
import { reconcileOwner } from './reconcile-owner.ts';
import { recall } from './skip-memo.ts';
import { applied, type ApplyRequest, type ApplyTools, failed, logChange, type Strategy } from './strategy.ts';

/** What is sent, in which case. */
interface Intent {
  /** When the object does not exist. */
  readonly whole: AnyObject;
  /** When it does: without the fields that are left to others. */
  readonly partial: AnyObject;
  /** In the annotation of both; `undefined` when no fields are ignored: then every look at a changed object sends an apply. */
  readonly hash: string | undefined;
}

/**
 * The strategy `ServerSideApply` (work 8.6): the API server merges. The owner reference is a write of its own, because two works may apply
 * one object as the same manager.
 */
export const applyServerSide: Strategy = async (request, tools, signal) => {
  const { manifest, owner, strategy } = request;
  const { metadata, ...content } = manifest.object;
  // References in a manifest name owners of another cluster.
  const { ownerReferences: _ownerReferences, ...ownMetadata } = metadata;
  const required = withoutNullTimestamps<AnyObject>({ ...content, metadata: ownMetadata });
  const fingerprint = fingerprintOf({ required, owner }, strategy);
  const memo = recall(manifest, fingerprint, tools);
  if (memo.unchanged !== undefined) return { kind: 'applied', observation: { kind: 'present', ...memo.unchanged } };
  try {
    const intent = await intentOf(required, request, { tools, signal });
    const resource = tools.spoke.kind(manifest.resource);
    const before = lastVersions(request, tools); // now: a watch may be faster than the answer
    const object = await bring(intent, { request, resource, signal });
    const live = await reconcileOwner({ live: object, request, resource, signal }, tools);
    const isChanged = !before.includes(live.metadata.resourceVersion) && !isOfAnotherWork(live, request, tools);
    if (isChanged) logChange(request, tools, 'applied');
    tools.known.applied(manifest.id, live, {
      fingerprint,
      soleOwner: soleOwner(owner, live),
      seenMs: tools.clock.now().getTime(),
    });
    return applied(live, isChanged ? { rival: lastForeignManager(live) } : undefined);
  } catch (error) {
    signal.throwIfAborted();
    tools.known.forget(manifest.id);
    return outcomeOf(error);
  }
};

async function intentOf(
  required: AnyObject,
  { strategy }: ApplyRequest,
  { tools, signal }: { readonly tools: ApplyTools; readonly signal: AbortSignal },
): Promise<Intent> {
  const ignored = strategy.serverSideApply?.ignoreFields ?? [];
  if (ignored.length === 0) return { whole: required, partial: required, hash: undefined };
  const left = await leaveOut(required, ignored, { jq: tools.jq, log: tools.log, signal });
  const hash = configSpecHash(left);
  return { whole: withHash(required, hash), partial: withHash(withIdentity(left, required), hash), hash };
}

/** Whatever the expressions of a user have made of it, it is this object that is applied. */
function withIdentity(object: AnyObject, { apiVersion, kind, metadata }: AnyObject): AnyObject {
  const { name, namespace } = metadata;
  return {
    ...object,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: { ...object.metadata, name, ...(namespace === undefined ? {} : { namespace }) },
  };
}

function withHash(object: AnyObject, hash: string): AnyObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.configSpecHash]: hash } },
  };
}

interface Way {
  readonly request: ApplyRequest;
  readonly resource: Resource<AnyObject>;
  readonly signal: AbortSignal;
}

async function bring({ whole, partial, hash }: Intent, way: Way): Promise<AnyObject> {
  const { request, resource, signal } = way;
  if (hash === undefined) return send(whole, way);
  const live = await resource.find(refOfResource(request.manifest.id), { signal });
  if (live === undefined) return send(whole, way);
  // What the manifest says was sent before: whatever has changed since is somebody else's.
  if (live.metadata.annotations?.[annotations.configSpecHash] === hash) return live;
  return send(partial, way);
}

function send(object: AnyObject, { request, resource, signal }: Way): Promise<AnyObject> {
  const { fieldManager = workAgentFieldManager, force = false } = request.strategy.serverSideApply ?? {};
  return resource.apply(object, { fieldManager, force, signal });
}

/** Of the object as a watch and as we have seen it last: the API server does not tell whether an apply changed anything. */
function lastVersions({ manifest }: ApplyRequest, { known, reader }: ApplyTools): readonly (string | undefined)[] {
  return [reader.watched(manifest.resource, manifest.id), known.get(manifest.id)].map((seen) => seen?.resourceVersion);
}

/** Whether another work has left the object in this version while we asked: only works set a fingerprint. */
function isOfAnotherWork({ metadata }: AnyObject, { manifest }: ApplyRequest, { known }: ApplyTools): boolean {
  const left = known.get(manifest.id);
  return left?.fingerprint !== undefined && left.resourceVersion === metadata.resourceVersion;
}

function outcomeOf(error: unknown): ApplyOutcome {
  if (error instanceof IgnoreFieldsError) return { kind: 'unusable-ignore-fields', error, observation: UNKNOWN };
  // Another manager owns a field: trying again changes nothing (work 8.6).
  if (isKubeError(error, 'conflict') && /Apply failed with \d+ conflict/.test(error.message)) {
    return { kind: 'field-conflict', error, observation: UNKNOWN };
  }
  if (isKubeError(error, 'exists')) return { kind: 'conflict', error, observation: UNKNOWN };
  return failed(error, UNKNOWN);
}
