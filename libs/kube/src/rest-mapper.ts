import type { Kind } from '@ocm/api';

/** An API type by its names; the core group is the empty string. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * Maps kinds to resources from discovery, one group version at a time and cached. A miss asks the server again, but not within 3 s; many that
 * miss at once share one request. A request that finds a kind not served makes the mapper forget it.
 */
export interface RestMapper {
  /**
   * The served kind, or `undefined` when discovery answered and does not know it.
   * Throws KubeError when discovery itself failed: an outage is never "kind removed" (work 22).
   */
  find(gvk: GroupVersionKind, options: { readonly signal: AbortSignal }): Promise<Kind | undefined>;
}
