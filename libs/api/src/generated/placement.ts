// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, LabelSelector, LabelSelectorRequirement, Timestamp } from '../meta.ts';

export interface Placement extends KubeObject {
  readonly spec: PlacementSpec;
  readonly status?: PlacementStatus;
}

export interface PlacementSpec {
  readonly clusterSets?: readonly string[];
  readonly decisionStrategy?: {
    readonly groupStrategy?: GroupStrategy;
  };
  readonly numberOfClusters?: number;
  readonly predicates?: readonly ClusterPredicate[];
  readonly prioritizerPolicy?: PrioritizerPolicy;
  readonly scoreRateLimit?: string;
  readonly sortBy?: 'ClusterName' | 'Score';
  readonly spreadPolicy?: {
    readonly spreadConstraints?: readonly SpreadConstraint[];
  };
  readonly tolerations?: readonly ClusterToleration[];
}

export interface GroupStrategy {
  readonly clustersPerDecisionGroup?: number | string;
  readonly decisionGroups?: readonly DecisionGroup[];
}

export interface DecisionGroup {
  readonly groupClusterSelector: {
    readonly claimSelector?: ClaimSelector;
    readonly labelSelector?: LabelSelector;
  };
  readonly groupName: string;
}

export interface ClaimSelector {
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface ClusterPredicate {
  readonly requiredClusterSelector?: RequiredClusterSelector;
}

export interface RequiredClusterSelector {
  readonly celSelector?: {
    readonly celExpressions?: readonly string[];
  };
  readonly claimSelector?: ClaimSelector;
  readonly labelSelector?: LabelSelector;
}

export interface PrioritizerPolicy {
  readonly configurations?: readonly PrioritizerConfiguration[];
  readonly mode?: string;
}

export interface PrioritizerConfiguration {
  readonly scoreCoordinate: ScoreCoordinate;
  readonly weight?: number;
}

export interface ScoreCoordinate {
  readonly addOn?: {
    readonly resourceName: string;
    readonly scoreName: string;
  };
  readonly builtIn?: string;
  readonly type: 'BuiltIn' | 'AddOn';
}

export interface SpreadConstraint {
  readonly maxSkew?: number;
  readonly topologyKey: string;
  readonly topologyKeyType: 'Label' | 'Claim';
  readonly whenUnsatisfiable?: 'DoNotSchedule' | 'ScheduleAnyway';
}

export interface ClusterToleration {
  readonly effect?: 'NoSelect' | 'PreferNoSelect' | 'NoSelectIfNew';
  readonly key?: string;
  readonly operator?: string;
  readonly tolerationSeconds?: number;
  readonly value?: string;
}

export interface PlacementStatus {
  readonly conditions?: readonly Condition[];
  readonly decisionGroups?: readonly DecisionGroupStatus[];
  readonly lastScoreUpdateTime?: Timestamp;
  readonly numberOfSelectedClusters?: number;
}

export interface DecisionGroupStatus {
  readonly clusterCount?: number;
  readonly decisionGroupIndex?: number;
  readonly decisionGroupName?: string;
  readonly decisions?: readonly string[];
}

export const Placement: Kind<Placement> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'Placement',
  plural: 'placements',
  namespaced: true,
};
