import type { ManifestResourceMeta } from '@ocm/api';
import { idOf, kindOf } from '../manifest/resource-id.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import type { Observation } from '../objects/observation.ts';

/** What the status of one manifest is made from. */
export type Sighting =
  | Exclude<Observation, { readonly kind: 'unknown' }>
  /** The manifest does not say which object to look at. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'unreadable'; readonly error: Error };

/** Looks at the object of a manifest entry; what a pass has just seen of it is taken as it is. */
export async function sight(
  meta: ManifestResourceMeta,
  { seen, reader, signal }: { readonly seen: Observation; readonly reader: ObjectReader; readonly signal: AbortSignal },
): Promise<Sighting> {
  if (seen.kind !== 'unknown') return seen;
  if (!meta.resource || !meta.version || !meta.name) return { kind: 'incomplete' };
  try {
    const read = await reader.read(kindOf(meta), idOf(meta), { signal });
    return read.kind === 'unknown' ? { kind: 'absent' } : read;
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'unreadable', error: error instanceof Error ? error : new Error(String(error)) };
  }
}
