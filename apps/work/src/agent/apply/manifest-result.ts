import type { Manifest } from '../manifest/resolve-manifest.ts';
import type { Observation } from '../objects/observation.ts';

/** How one manifest fared. */
export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly observation: Observation }
  /** HTTP 409: somebody wrote in between; the manifest is tried again in the same pass (work 7.6). */
  | { readonly kind: 'conflict'; readonly error: Error; readonly observation: Observation }
  /** No answer came, and nobody knows what became of the request: tried again in the same pass, for a few seconds. */
  | { readonly kind: 'lost'; readonly error: Error; readonly observation: Observation }
  /** The executor may not: look again after a minute (work 10.2). */
  | { readonly kind: 'denied'; readonly error: Error; readonly observation: Observation }
  | { readonly kind: 'failed'; readonly error: Error; readonly observation: Observation };

/** A manifest with its outcome; the results of a pass are in the order of the spec. */
export interface ManifestResult {
  readonly manifest: Manifest;
  readonly outcome: ApplyOutcome;
}
