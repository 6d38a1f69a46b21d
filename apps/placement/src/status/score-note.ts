import { compareNames } from '@ocm/fleet';
import type { RankedCluster } from '../schedule/rank-clusters.ts';

const NOTE_LENGTH = 1000;

/**
 * The note of a ScoreUpdate event (placement 12): `<name>:<total> ` for each feasible cluster by name, cut with `......` before the item that would
 * make it longer than 1000 characters. Empty when there are no scores.
 */
export function scoreNote(ranked: readonly RankedCluster[]): string {
  let note = '';
  const byName = ranked.toSorted((a, b) => compareNames(a.cluster.metadata.name, b.cluster.metadata.name));
  for (const { cluster, total } of byName) {
    const item = `${cluster.metadata.name}:${total} `;
    if (note.length + item.length > NOTE_LENGTH) return `${note}......`;
    note += item;
  }
  return note;
}
