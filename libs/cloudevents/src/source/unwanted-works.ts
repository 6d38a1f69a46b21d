/** Of one cluster; far more than an agent holds. */
const MOST = 100_000;
/** In characters; far more than ids have. */
const LONGEST_ID = 256;

/** A work that an agent holds and that is not wanted. */
export interface UnwantedWork {
  readonly cluster: string;
  readonly resourceId: string;
  readonly version: number;
}

/**
 * Notes what an agent should not hold, by id, the last word on each: all that a cluster may honestly hold, and no more than the memory has room
 * for, whatever it makes up.
 *
 * @returns how many there was no room for
 */
export function noteUnwanted<T extends UnwantedWork>(noted: Map<string, T>, more: readonly T[]): number {
  let dropped = 0;
  for (const each of more) {
    const { resourceId } = each;
    const hasRoom = noted.has(resourceId) || (noted.size < MOST && resourceId.length <= LONGEST_ID);
    if (hasRoom) noted.set(resourceId, each);
    else dropped += 1;
  }
  return dropped;
}
