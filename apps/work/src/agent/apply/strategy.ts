import type { OwnerReference, UpdateStrategy } from '@ocm/api';
import { type Clock, isKubeError, type KubeClient } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';
import type { KnownObjects } from '../objects/known-objects.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { type Observation, observed } from '../objects/observation.ts';
import type { ApplyOutcome } from './manifest-result.ts';

/** One manifest to be applied. */
export interface ApplyRequest {
  readonly manifest: ResolvedManifest;
  readonly strategy: UpdateStrategy;
  /** Our owner reference, or the mark that it must go (work 7.5). */
  readonly owner: OwnerReference;
  /** The AppliedManifestWork lists the resource, so that it probably exists. */
  readonly isRecorded: boolean;
}

export interface ApplyTools {
  readonly spoke: Pick<KubeClient, 'kind'>;
  readonly known: KnownObjects;
  readonly reader: ObjectReader;
  readonly clock: Clock;
}

/** Brings one object to what its manifest asks for. What it throws becomes the failure of the manifest. */
export type Strategy = (request: ApplyRequest, tools: ApplyTools, signal: AbortSignal) => Promise<ApplyOutcome>;

export function applied(object: AnyObject): ApplyOutcome {
  return { kind: 'applied', observation: observed(object) };
}

/** The outcome of an error: a conflict is worth another try in the same pass. */
export function failed(error: unknown, observation: Observation): ApplyOutcome {
  const cause = error instanceof Error ? error : new Error(String(error));
  return { kind: isKubeError(error, 'conflict') ? 'conflict' : 'failed', error: cause, observation };
}
