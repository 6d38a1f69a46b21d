// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/**
 * Part of the choice of a Placement. A choice may be spread over several of these objects; the label
 * cluster.open-cluster-management.io/placement finds them all.
 */
export interface PlacementDecision extends KubeObject {
  /** The choice. */
  readonly status?: PlacementDecisionStatus;
}

/** The choice. */
export interface PlacementDecisionStatus {
  /** The chosen clusters, at most 100 in one object. */
  readonly decisions: readonly ClusterDecision[];
}

/** A chosen cluster. */
export interface ClusterDecision {
  /** Name of the ManagedCluster. It occurs once among all decisions of a Placement. */
  readonly clusterName: string;
  /** Why the cluster was chosen. Usually empty. */
  readonly reason: string;
  /** Score of the cluster. Not maintained. */
  readonly score?: number;
}

export const PlacementDecision: Kind<PlacementDecision> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'PlacementDecision',
  plural: 'placementdecisions',
  namespaced: true,
};
