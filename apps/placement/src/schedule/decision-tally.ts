import type { PlacementDecision } from '@ocm/api';
import { decidedClusters } from '@ocm/fleet';
import type { DecisionCounts } from './decision-counts.ts';

/**
 * The counts of `countDecisions`, kept up to date slice by slice instead of counted anew for each Placement. `without` costs as much as the
 * Placement's own decisions, whatever else the hub holds.
 */
export class DecisionTally {
  readonly #counts = new Map<string, number>();
  /** How many clusters have each count. */
  readonly #clustersWith = new Map<number, number>();
  #largest = 0;

  add(slice: PlacementDecision): void {
    for (const cluster of decidedClusters(slice)) this.#change(cluster, 1);
  }

  /** Takes back an `add` of the same slice, as it was then. */
  remove(slice: PlacementDecision): void {
    for (const cluster of decidedClusters(slice)) this.#change(cluster, -1);
  }

  /** What others have chosen: everything but the slices of the Placement itself. They must be as they were added. */
  without(own: readonly PlacementDecision[]): DecisionCounts {
    const ownCounts = new Map<string, number>();
    for (const slice of own) {
      for (const cluster of decidedClusters(slice)) ownCounts.set(cluster, (ownCounts.get(cluster) ?? 0) + 1);
    }
    const of = (cluster: string): number | undefined => {
      const count = (this.#counts.get(cluster) ?? 0) - (ownCounts.get(cluster) ?? 0);
      return count > 0 ? count : undefined;
    };
    return { of, largest: this.#largestWithout(ownCounts, of) };
  }

  #largestWithout(ownCounts: ReadonlyMap<string, number>, of: DecisionCounts['of']): number {
    const ownWith = new Map<number, number>();
    let largestOwn = 0;
    for (const cluster of ownCounts.keys()) {
      const count = this.#counts.get(cluster) ?? 0;
      ownWith.set(count, (ownWith.get(count) ?? 0) + 1);
      largestOwn = Math.max(largestOwn, of(cluster) ?? 0);
    }
    // The largest count that some cluster has which is not among the Placement's own.
    let level = this.#largest;
    while (level > largestOwn && (this.#clustersWith.get(level) ?? 0) === (ownWith.get(level) ?? 0)) level -= 1;
    return Math.max(level, largestOwn);
  }

  #change(cluster: string, step: 1 | -1): void {
    const before = this.#counts.get(cluster) ?? 0;
    const after = before + step;
    if (after > 0) this.#counts.set(cluster, after);
    else this.#counts.delete(cluster);
    this.#move(before, -1);
    this.#move(after, 1);
    if (after > this.#largest) this.#largest = after;
    else while (this.#largest > 0 && !this.#clustersWith.has(this.#largest)) this.#largest -= 1;
  }

  #move(count: number, step: 1 | -1): void {
    if (count === 0) return;
    const clusters = (this.#clustersWith.get(count) ?? 0) + step;
    if (clusters > 0) this.#clustersWith.set(count, clusters);
    else this.#clustersWith.delete(count);
  }
}
