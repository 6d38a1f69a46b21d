import { isKubeError, type Resource } from '@ocm/kube';
import { metadataToCreate } from '../compare/merge-metadata.ts';
import type { AnyObject } from '../manifest/any-object.ts';
import { refOfResource, type ResourceId } from '../manifest/resource-id.ts';
import { ABSENT, UNKNOWN } from '../objects/observation.ts';
import type { ApplyOutcome } from './manifest-result.ts';
import { failed } from './strategy.ts';

/** What became of an object that must exist. */
export type Ensured =
  | { readonly kind: 'created'; readonly object: AnyObject }
  | { readonly kind: 'found'; readonly object: AnyObject }
  | { readonly kind: 'failed'; readonly outcome: ApplyOutcome };

export interface EnsureRequest {
  readonly resource: Resource<AnyObject>;
  readonly id: ResourceId;
  readonly required: AnyObject;
  /** Somebody has seen it: read before writing. Otherwise it is created at once, and read only when that is refused. */
  readonly isExpected: boolean;
  readonly signal: AbortSignal;
}

/** Reads the object, or creates it when it is missing. An object that nobody has ever seen costs one request. */
export async function ensureObject(request: EnsureRequest): Promise<Ensured> {
  const { resource, id, isExpected, signal } = request;
  if (!isExpected) return createFirst(request);
  try {
    const object = await resource.find(refOfResource(id), { signal });
    return object === undefined ? await createMissing(request) : { kind: 'found', object };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', outcome: failed(error, UNKNOWN) };
  }
}

/** Creates an object that is known to be missing. */
export async function createMissing({ resource, required, signal }: EnsureRequest): Promise<Ensured> {
  try {
    return { kind: 'created', object: await create(resource, required, signal) };
  } catch (error) {
    signal.throwIfAborted();
    // Somebody was faster, or the old one is still terminating: like any other conflict.
    if (isKubeError(error, 'exists')) return { kind: 'failed', outcome: conflict(error) };
    return { kind: 'failed', outcome: failed(error, ABSENT) };
  }
}

async function createFirst(request: EnsureRequest): Promise<Ensured> {
  const { resource, id, required, signal } = request;
  let refusal: unknown;
  try {
    return { kind: 'created', object: await create(resource, required, signal) };
  } catch (error) {
    signal.throwIfAborted();
    // A namespace that does not exist holds nothing; a server that does not answer need not be asked again.
    if (isKubeError(error, 'not-found')) return { kind: 'failed', outcome: failed(error, ABSENT) };
    if (!isKubeError(error, 'exists', 'forbidden', 'invalid', 'bad-request', 'conflict')) {
      return { kind: 'failed', outcome: failed(error, UNKNOWN) };
    }
    refusal = error;
  }
  return readAfterRefusal({ resource, id, signal }, refusal);
}

// Creation may also be refused (a quota, a missing right, a webhook) though the object is there.
async function readAfterRefusal(
  { resource, id, signal }: Pick<EnsureRequest, 'resource' | 'id' | 'signal'>,
  refusal: unknown,
): Promise<Ensured> {
  try {
    const object = await resource.find(refOfResource(id), { signal });
    if (object !== undefined) return { kind: 'found', object };
    return { kind: 'failed', outcome: isKubeError(refusal, 'exists') ? conflict(refusal) : failed(refusal, ABSENT) };
  } catch {
    signal.throwIfAborted();
    return { kind: 'failed', outcome: failed(refusal, UNKNOWN) }; // the refusal says more than the read that followed it
  }
}

function create(resource: Resource<AnyObject>, required: AnyObject, signal: AbortSignal): Promise<AnyObject> {
  return resource.create({ ...required, metadata: metadataToCreate(required.metadata) }, { signal });
}

function conflict(error: Error): ApplyOutcome {
  return { kind: 'conflict', error, observation: UNKNOWN };
}
