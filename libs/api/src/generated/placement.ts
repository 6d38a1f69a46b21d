// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, LabelSelector, LabelSelectorRequirement, Timestamp } from '../meta.ts';

/**
 * Chooses managed clusters from the cluster sets that are bound to its namespace. The choice is published in
 * PlacementDecisions with the label cluster.open-cluster-management.io/placement.
 */
export interface Placement extends KubeObject {
  /** How clusters are chosen. An empty spec chooses every available cluster of the bound sets. */
  readonly spec: PlacementSpec;
  /** The outcome. */
  readonly status?: PlacementStatus;
}

/** How clusters are chosen. An empty spec chooses every available cluster of the bound sets. */
export interface PlacementSpec {
  /** Cluster sets to choose from. Sets that are not bound to the namespace are left out. Empty means all bound sets. */
  readonly clusterSets?: readonly string[];
  /** How decisions are published. */
  readonly decisionStrategy?: {
    /** How chosen clusters are divided into decision groups, which rollouts use. */
    readonly groupStrategy?: GroupStrategy;
  };
  /** How many clusters are wanted. Left out means all that qualify. */
  readonly numberOfClusters?: number;
  /**
   * What a cluster must look like. A cluster qualifies if it meets one of the predicates. Empty lets all clusters
   * qualify.
   */
  readonly predicates?: readonly ClusterPredicate[];
  /** How qualifying clusters are ranked when there are more than wanted. */
  readonly prioritizerPolicy?: PrioritizerPolicy;
  /** The least time between two changes of the choice for scores alone, such as "1m". Accepted, without effect yet. */
  readonly scoreRateLimit?: string;
  /** Order of the decisions. Accepted, without effect yet; decisions are ordered by cluster name. */
  readonly sortBy?: 'ClusterName' | 'Score';
  /** How chosen clusters are spread. Accepted, without effect yet. */
  readonly spreadPolicy?: {
    /** Constraints on the spread, the most important first. */
    readonly spreadConstraints?: readonly SpreadConstraint[];
  };
  /** Taints of clusters that the Placement puts up with. */
  readonly tolerations?: readonly ClusterToleration[];
}

/** How chosen clusters are divided into decision groups, which rollouts use. */
export interface GroupStrategy {
  /** The most clusters in one group, as a number or a percentage of the chosen clusters. Larger groups are cut up. */
  readonly clustersPerDecisionGroup?: number | string;
  /**
   * Named groups, in this order. Each chosen cluster goes to the first group that takes it; the others form groups
   * without a name.
   */
  readonly decisionGroups?: readonly DecisionGroup[];
}

/** A named group. */
export interface DecisionGroup {
  /** Which chosen clusters belong to the group: those that meet both selectors. */
  readonly groupClusterSelector: {
    /**
     * Selects clusters by the claims that they report in status.clusterClaims. A cluster without a claim counts like
     * one without a label.
     */
    readonly claimSelector?: ClaimSelector;
    /** Selects clusters by their labels. */
    readonly labelSelector?: LabelSelector;
  };
  /**
   * Name of the group, which the label cluster.open-cluster-management.io/decision-group-name of its decisions repeats.
   * At least two characters.
   */
  readonly groupName: string;
}

/**
 * Selects clusters by the claims that they report in status.clusterClaims. A cluster without a claim counts like one
 * without a label.
 */
export interface ClaimSelector {
  /** Requirements that must all hold. */
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** One description of clusters that qualify. */
export interface ClusterPredicate {
  /** Selectors that a cluster must all meet. One that is left out meets every cluster. */
  readonly requiredClusterSelector?: RequiredClusterSelector;
}

/** Selectors that a cluster must all meet. One that is left out meets every cluster. */
export interface RequiredClusterSelector {
  /** Selects clusters by CEL expressions. */
  readonly celSelector?: {
    /**
     * CEL expressions over "managedCluster" that must all be true, for example
     * "managedCluster.status.version.kubernetes.startsWith('v1.3')".
     */
    readonly celExpressions?: readonly string[];
  };
  /**
   * Selects clusters by the claims that they report in status.clusterClaims. A cluster without a claim counts like one
   * without a label.
   */
  readonly claimSelector?: ClaimSelector;
  /** Selects clusters by their labels. */
  readonly labelSelector?: LabelSelector;
}

/** How qualifying clusters are ranked when there are more than wanted. */
export interface PrioritizerPolicy {
  /** Scores that count, with their weights. */
  readonly configurations?: readonly PrioritizerConfiguration[];
  /**
   * Additive ranks by Balance and Steady with weight 1 besides what is configured. Exact ranks only by what is
   * configured.
   */
  readonly mode?: string;
}

/** A score and its weight. */
export interface PrioritizerConfiguration {
  /** Where the score comes from. */
  readonly scoreCoordinate: ScoreCoordinate;
  /** Factor of the score. Negative weights prefer low scores, 0 turns the score off. */
  readonly weight?: number;
}

/** Where the score comes from. */
export interface ScoreCoordinate {
  /** The score of an add-on. Needed with the type AddOn. */
  readonly addOn?: {
    /** Name of the AddOnPlacementScore. */
    readonly resourceName: string;
    /** Name of the score in it. */
    readonly scoreName: string;
  };
  /**
   * Name of the built-in score: Balance spreads decisions evenly, Steady keeps earlier decisions,
   * ResourceAllocatableCPU and ResourceAllocatableMemory prefer clusters with the most of it.
   */
  readonly builtIn?: string;
  /** BuiltIn computes the score on the hub. AddOn reads it from an AddOnPlacementScore in the cluster namespace. */
  readonly type: 'BuiltIn' | 'AddOn';
}

/** A constraint on the spread over one topology. */
export interface SpreadConstraint {
  /** How far the numbers of chosen clusters of two values may differ. */
  readonly maxSkew?: number;
  /** Label or claim whose values make up the topology, for example a region. */
  readonly topologyKey: string;
  /** Whether the key is a label or a claim. */
  readonly topologyKeyType: 'Label' | 'Claim';
  /**
   * What to do when the constraint cannot be met: choose fewer clusters (DoNotSchedule) or choose in spite of it
   * (ScheduleAnyway).
   */
  readonly whenUnsatisfiable?: 'DoNotSchedule' | 'ScheduleAnyway';
}

/** A kind of taint that is tolerated. */
export interface ClusterToleration {
  /** Effect of the taint that is tolerated. Left out means any. */
  readonly effect?: 'NoSelect' | 'PreferNoSelect' | 'NoSelectIfNew';
  /** Key of the taint. Empty together with the operator Exists tolerates every taint. */
  readonly key?: string;
  /** How the value is compared: Equal, or Exists, which tolerates any value. */
  readonly operator?: string;
  /**
   * How long the taint is tolerated, in seconds from its timeAdded. Left out means for ever; 0 or less means not at
   * all.
   */
  readonly tolerationSeconds?: number;
  /** Value of the taint that is tolerated. Leave it out with Exists. */
  readonly value?: string;
}

/** The outcome. */
export interface PlacementStatus {
  /**
   * Latest observations. PlacementSatisfied tells whether enough clusters were found, PlacementMisconfigured whether
   * the spec can be evaluated.
   */
  readonly conditions?: readonly Condition[];
  /** The decision groups. */
  readonly decisionGroups?: readonly DecisionGroupStatus[];
  /** When the choice last changed for scores. Not maintained. */
  readonly lastScoreUpdateTime?: Timestamp;
  /** How many clusters are chosen. */
  readonly numberOfSelectedClusters?: number;
}

/** A decision group. */
export interface DecisionGroupStatus {
  /** How many clusters the group has. */
  readonly clusterCount?: number;
  /** Number of the group, counted from 0. */
  readonly decisionGroupIndex?: number;
  /** Name of the group; empty for groups made of the remaining clusters. */
  readonly decisionGroupName?: string;
  /** Names of the PlacementDecisions of the group. */
  readonly decisions?: readonly string[];
}

export const Placement: Kind<Placement> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'Placement',
  plural: 'placements',
  namespaced: true,
};
