import type { AddOnPlacementScore, ManagedCluster } from '@ocm/api';
import type { DecisionCounts } from './decision-counts.ts';
import type { Measure } from './measure.ts';

/** The scores of an add-on for a cluster; `undefined` while there is no such object. */
export type FindScore = (cluster: string, resource: string) => AddOnPlacementScore | undefined;

/** What scheduling one Placement looks at besides its spec. */
export interface SchedulingWorld {
  /** Members of the eligible sets that are not being deleted, each once, in any order (placement 4.3). */
  readonly available: readonly ManagedCluster[];
  /** Clusters in the Placement's own slices as they are now. */
  readonly existing: ReadonlySet<string>;
  /** Any cluster of the hub, also one that is not available. */
  readonly findCluster: (name: string) => ManagedCluster | undefined;
  /** Decisions of all other Placements. */
  readonly counts: DecisionCounts;
  readonly findScore: FindScore;
  readonly measure: Measure;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}
