// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/**
 * A choice of clusters in the form of the Kubernetes multicluster group. Slices of one choice share the label
 * multicluster.x-k8s.io/decision-key.
 */
export interface SigPlacementDecision extends KubeObject {
  /** The chosen clusters, in order. */
  readonly decisions: readonly {
    /** The ClusterProfile of the cluster. */
    readonly clusterProfileRef: {
      /** Name of the ClusterProfile. */
      readonly name: string;
      /** Namespace of the ClusterProfile. Left out means that of this object. */
      readonly namespace?: string;
    };
    /** Why the cluster was chosen. */
    readonly reason?: string;
  }[];
  /** Name of the scheduler that made the choice. */
  readonly schedulerName?: string;
}

export const SigPlacementDecision: Kind<SigPlacementDecision> = {
  group: 'multicluster.x-k8s.io',
  version: 'v1alpha1',
  kind: 'PlacementDecision',
  plural: 'placementdecisions',
  namespaced: true,
};
