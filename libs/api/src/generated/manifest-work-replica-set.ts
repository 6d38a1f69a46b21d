// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { ManifestWorkSpec } from './manifest-work.ts';

/** Creates a ManifestWork from a template for each cluster that its Placements choose. */
export interface ManifestWorkReplicaSet extends KubeObject {
  /** What is created, and where. */
  readonly spec?: ManifestWorkReplicaSetSpec;
  /** How far it has come. */
  readonly status?: ManifestWorkReplicaSetStatus;
}

/** What is created, and where. */
export interface ManifestWorkReplicaSetSpec {
  /**
   * Background lets the replica set go as soon as the deletion of its ManifestWorks has been asked for. Foreground
   * keeps it until they are gone.
   */
  readonly cascadeDeletionPolicy: 'Background' | 'Foreground';
  /** Spec of the ManifestWorks. */
  readonly manifestWorkTemplate?: ManifestWorkSpec;
  /** Placements of the same namespace that choose the clusters. */
  readonly placementRefs: readonly ReplicaSetPlacement[];
}

/** A Placement and how changes are rolled out over its clusters. */
export interface ReplicaSetPlacement {
  /** Name of the Placement. */
  readonly name: string;
  /**
   * How a change is rolled out over the clusters that the Placement chose. Clusters that leave the Placement are
   * cleaned at once, whatever the strategy.
   */
  readonly rolloutStrategy?: RolloutStrategy;
}

/**
 * How a change is rolled out over the clusters that the Placement chose. Clusters that leave the Placement are cleaned
 * at once, whatever the strategy.
 */
export interface RolloutStrategy {
  /** Options for the type All. */
  readonly all?: RolloutAll;
  /** Options for the type Progressive. */
  readonly progressive?: RolloutProgressive;
  /** Options for the type ProgressivePerGroup. */
  readonly progressivePerGroup?: RolloutProgressivePerGroup;
  /**
   * All changes every cluster at once, Progressive a limited number at a time, ProgressivePerGroup one decision group
   * of the Placement after the other.
   */
  readonly type?: 'All' | 'Progressive' | 'ProgressivePerGroup';
}

/** Options for the type All. */
export interface RolloutAll {
  /**
   * How many clusters may fail or time out before the rollout stops, as a number or a percentage of the chosen
   * clusters.
   */
  readonly maxFailures?: number | string;
  /** How long a cluster must stay successful before the rollout goes on, as a duration such as "30s", "5m" or "1h". */
  readonly minSuccessTime?: string;
  /**
   * How long a cluster may take to become successful before it counts as timed out, such as "10m". None waits for ever.
   */
  readonly progressDeadline?: string;
}

/** Options for the type Progressive. */
export interface RolloutProgressive {
  /** Decision groups that must succeed before any other cluster is touched, in this order. */
  readonly mandatoryDecisionGroups?: readonly MandatoryDecisionGroup[];
  /**
   * How many clusters may be in progress at the same time, as a number or a percentage of the chosen clusters. Left out
   * means clustersPerDecisionGroup of the Placement.
   */
  readonly maxConcurrency?: number | string;
  /**
   * How many clusters may fail or time out before the rollout stops, as a number or a percentage of the chosen
   * clusters.
   */
  readonly maxFailures?: number | string;
  /** How long a cluster must stay successful before the rollout goes on, as a duration such as "30s", "5m" or "1h". */
  readonly minSuccessTime?: string;
  /**
   * How long a cluster may take to become successful before it counts as timed out, such as "10m". None waits for ever.
   */
  readonly progressDeadline?: string;
}

/** A decision group of the Placement, by name or by index. */
export interface MandatoryDecisionGroup {
  /** Index of the group, counted from 0. */
  readonly groupIndex?: number;
  /** Name of the group. It wins over the index. */
  readonly groupName?: string;
}

/** Options for the type ProgressivePerGroup. */
export interface RolloutProgressivePerGroup {
  /** Decision groups that must succeed before any other cluster is touched, in this order. */
  readonly mandatoryDecisionGroups?: readonly MandatoryDecisionGroup[];
  /**
   * How many clusters may fail or time out before the rollout stops, as a number or a percentage of the chosen
   * clusters.
   */
  readonly maxFailures?: number | string;
  /** How long a cluster must stay successful before the rollout goes on, as a duration such as "30s", "5m" or "1h". */
  readonly minSuccessTime?: string;
  /**
   * How long a cluster may take to become successful before it counts as timed out, such as "10m". None waits for ever.
   */
  readonly progressDeadline?: string;
}

/** How far it has come. */
export interface ManifestWorkReplicaSetStatus {
  /** Latest observations: PlacementVerified, PlacementRolledOut and ManifestworkApplied. */
  readonly conditions?: readonly Condition[];
  /** ManifestWorks by Placement. */
  readonly placementSummary?: readonly PlacementSummary[];
  /** ManifestWorks of all Placements, by state. */
  readonly summary?: ReplicaSetSummary;
}

/** ManifestWorks of one Placement. */
export interface PlacementSummary {
  /** How many decision groups there are and how many of the chosen clusters have the work, as text. */
  readonly availableDecisionGroups?: string;
  /** Name of the Placement. */
  readonly name?: string;
  /** ManifestWorks of the Placement, by state. */
  readonly summary?: ReplicaSetSummary;
}

/** ManifestWorks of the Placement, by state. */
export interface ReplicaSetSummary {
  /** ManifestWorks whose condition Applied is True. */
  readonly applied?: number;
  /** ManifestWorks whose condition Available is True. */
  readonly available?: number;
  /** ManifestWorks whose condition Degraded is True. */
  readonly degraded?: number;
  /** ManifestWorks that there should be. Not maintained. */
  readonly desiredTotal?: number;
  /** ManifestWorks whose condition Progressing is True. */
  readonly progressing?: number;
  /** ManifestWorks with the present template. */
  readonly total?: number;
  /** ManifestWorks that have the present template. Not maintained. */
  readonly updated?: number;
}

export const ManifestWorkReplicaSet: Kind<ManifestWorkReplicaSet> = {
  group: 'work.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ManifestWorkReplicaSet',
  plural: 'manifestworkreplicasets',
  namespaced: true,
};
