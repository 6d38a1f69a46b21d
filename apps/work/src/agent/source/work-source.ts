import type { ManifestWork, ManifestWorkStatus } from '@ocm/api';
import type { ObjectEvent, WatchSource } from '@ocm/kube';

/**
 * Where the works of this cluster come from and where their status goes: the hub, whatever the transport (work 16). Controllers know
 * nothing else of the hub. Writes are guarded by what was seen: a `KubeError` with code `conflict` means that somebody wrote since.
 */
export interface WorkSource {
  /** The work as last heard of; never a request. Frozen. */
  get(name: string): ManifestWork | undefined;
  list(): readonly ManifestWork[];
  /** The work as it is now; `undefined` when it does not exist. */
  read(name: string, options: { readonly signal: AbortSignal }): Promise<ManifestWork | undefined>;
  /** Keys to enqueue for each event. */
  events(
    keys: (event: ObjectEvent<ManifestWork>) => string | readonly string[] | undefined,
    options?: { readonly resetBackoff?: (event: ObjectEvent<ManifestWork>) => boolean },
  ): WatchSource;
  /** Sends nothing when nothing would change. Returns the work as it is after that. */
  patchStatus(
    seen: ManifestWork,
    next: ManifestWorkStatus,
    options: { readonly signal: AbortSignal },
  ): Promise<ManifestWork>;
  patchFinalizers(
    seen: ManifestWork,
    finalizers: readonly string[],
    options: { readonly signal: AbortSignal },
  ): Promise<ManifestWork>;
}
