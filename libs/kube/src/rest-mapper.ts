import type { Kind } from '@ocm/api';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Maps kinds to resources from discovery, cached; a miss refreshes the discovery of that group and version once. */
export interface RestMapper {
  /**
   * The served kind, or `undefined` when discovery answered and does not know it.
   * Throws KubeError when discovery itself failed: an outage is never "kind removed" (work 22).
   */
  find(gvk: GroupVersionKind, options: { readonly signal: AbortSignal }): Promise<Kind | undefined>;
}
