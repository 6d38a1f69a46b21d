import type { OwnerReference, UpdateStrategy } from '@ocm/api';
import { asError, type Clock, isKubeError, type KubeClient, type Logger } from '@ocm/kube';
import type { AnyObject } from '../manifest/any-object.ts';
import { describeResource } from '../manifest/resource-id.ts';
import type { ResolvedManifest } from '../manifest/resolve-manifest.ts';
import type { KnownObjects } from '../objects/known-objects.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { type Observation, observed } from '../objects/observation.ts';
import type { Jq } from './ignore-fields/jq-thread.ts';
import type { AppliedOutcome, ApplyOutcome, Correction } from './manifest-result.ts';

/** One manifest to be applied. */
export interface ApplyRequest {
  /** Name of the work. */
  readonly work: string;
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
  readonly jq: Jq;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Brings one object to what its manifest asks for. What it throws becomes the failure of the manifest. */
export type Strategy = (request: ApplyRequest, tools: ApplyTools, signal: AbortSignal) => Promise<ApplyOutcome>;

/** Says in the log what has changed on the managed cluster through us. */
export function logChange({ work, manifest }: ApplyRequest, { log }: ApplyTools, change: ObjectChange): void {
  log.info({ work, object: describeResource(manifest.id) }, `object ${change}`);
}

export type ObjectChange =
  'created' | 'updated' | 'applied' | 'deleted to be created anew' | 'given its owner' | 'released by its owner';

export function applied(object: AnyObject, correction?: Correction): AppliedOutcome {
  return { kind: 'applied', observation: observed(object), ...(correction === undefined ? {} : { correction }) };
}

/** The outcome of an error: after a conflict, or when no answer came, another try in the same pass may help. */
export function failed(error: unknown, observation: Observation): ApplyOutcome {
  const cause = asError(error);
  if (isKubeError(error, 'conflict')) return { kind: 'conflict', error: cause, observation };
  const isLost = isKubeError(error, 'unavailable') && error.status === undefined;
  return { kind: isLost ? 'lost' : 'failed', error: cause, observation };
}
