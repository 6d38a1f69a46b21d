import type { Manifest } from '../manifest/resolve-manifest.ts';
import type { Observation } from '../objects/observation.ts';

export interface AppliedOutcome {
  readonly kind: 'applied';
  readonly observation: Observation;
  /** Something was written that made a difference. */
  readonly correction?: Correction;
  /** What the user should know although all went well. */
  readonly note?: string;
  /** The object is left as it is until then, milliseconds since the epoch: somebody else keeps changing it. */
  readonly heldUntilMs?: number;
}

/** What was found before the object was brought to what its manifest asks for. */
export interface Correction {
  /** The field manager that wrote last, when it is not ours. */
  readonly rival: string | undefined;
}

/** How one manifest fared. */
export type ApplyOutcome =
  | AppliedOutcome
  /** HTTP 409: somebody wrote in between; the manifest is tried again in the same pass (work 7.6). */
  | { readonly kind: 'conflict'; readonly error: Error; readonly observation: Observation }
  /** No answer came, and nobody knows what became of the request: tried again in the same pass, for a few seconds. */
  | { readonly kind: 'lost'; readonly error: Error; readonly observation: Observation }
  /** The executor may not: look again after a minute (work 10.2). */
  | { readonly kind: 'denied'; readonly error: Error; readonly observation: Observation }
  /** Another field manager owns what the manifest sets: told, and looked at again with the next resync only (work 8.6). */
  | { readonly kind: 'field-conflict'; readonly error: Error; readonly observation: Observation }
  /** An expression of `ignoreFields` cannot be used; nothing was written (work 8.6). */
  | { readonly kind: 'unusable-ignore-fields'; readonly error: Error; readonly observation: Observation }
  | { readonly kind: 'failed'; readonly error: Error; readonly observation: Observation };

/** A manifest with its outcome; the results of a pass are in the order of the spec. */
export interface ManifestResult {
  readonly manifest: Manifest;
  readonly outcome: ApplyOutcome;
}
