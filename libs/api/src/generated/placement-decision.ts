// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

export interface PlacementDecision extends KubeObject {
  readonly status?: PlacementDecisionStatus;
}

export interface PlacementDecisionStatus {
  readonly decisions: readonly ClusterDecision[];
}

export interface ClusterDecision {
  readonly clusterName: string;
  readonly reason: string;
  readonly score?: number;
}

export const PlacementDecision: Kind<PlacementDecision> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'PlacementDecision',
  plural: 'placementdecisions',
  namespaced: true,
};
