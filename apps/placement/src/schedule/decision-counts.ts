import type { PlacementDecision } from '@ocm/api';
import { decidedClusters, slicesOfPlacement } from '@ocm/fleet';

/** How often clusters are chosen by other Placements (placement 6.2). */
export interface DecisionCounts {
  /** `undefined` for a cluster that nobody else has chosen. */
  readonly of: (cluster: string) => number | undefined;
  /** The largest count of any cluster name, candidate or not; 0 when there are no decisions. */
  readonly largest: number;
}

/** Counts the decisions in all slices of the hub, without those of the Placement itself. */
export function countDecisions(
  slices: readonly PlacementDecision[],
  placement: { readonly namespace?: string | undefined; readonly name: string },
): DecisionCounts {
  const own = new Set(slicesOfPlacement(slices, placement));
  const counts = new Map<string, number>();
  let largest = 0;
  for (const slice of slices) {
    if (own.has(slice)) continue;
    for (const cluster of decidedClusters(slice)) {
      const count = (counts.get(cluster) ?? 0) + 1;
      counts.set(cluster, count);
      largest = Math.max(largest, count);
    }
  }
  return { of: (cluster) => counts.get(cluster), largest };
}
