import type { ManifestWork } from '@ocm/api';

/** Reports are held back for so many sync intervals after a work was deleted: with a thousand of them one takes most of a minute. */
const INTERVALS = 6;
/** However rarely objects are looked at: what is not gone by then is held by something, of which people want to hear. */
const LONGEST_MS = 60_000;

/**
 * For how long a work that is being deleted is not reported on, milliseconds: most are gone by then, and nobody needs to hear of each object
 * that goes.
 */
export function deletionGraceMs(
  { metadata }: Pick<ManifestWork, 'metadata'>,
  { syncMs, now }: { readonly syncMs: number; readonly now: Date },
): number {
  const { deletionTimestamp } = metadata;
  if (deletionTimestamp === undefined) return 0;
  const graceMs = Math.min(INTERVALS * syncMs, LONGEST_MS);
  const leftMs = Date.parse(deletionTimestamp) + graceMs - now.getTime();
  return Math.max(0, Math.min(leftMs, graceMs)); // the clock of the hub may be ahead
}
