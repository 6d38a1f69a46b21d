// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, LabelSelector } from '../meta.ts';

/**
 * A group of managed clusters that workloads are allowed to use together. A namespace gets access to it by a
 * ManagedClusterSetBinding.
 */
export interface ManagedClusterSet extends KubeObject {
  /** Which clusters belong to the set and what they have in common. */
  readonly spec?: ManagedClusterSetSpec;
  /** What the hub observed. */
  readonly status?: ManagedClusterSetStatus;
}

/** Which clusters belong to the set and what they have in common. */
export interface ManagedClusterSetSpec {
  /** Which clusters belong to the set. */
  readonly clusterSelector?: ClusterSetSelector;
  /** Namespaces that each cluster of the set shall have. */
  readonly managedNamespaces?: readonly {
    /** Name of the namespace. */
    readonly name: string;
  }[];
}

/** Which clusters belong to the set. */
export interface ClusterSetSelector {
  /**
   * Selects clusters by their labels, for the type LabelSelector. An empty selector takes all clusters, a missing one
   * takes none.
   */
  readonly labelSelector?: LabelSelector;
  /**
   * ExclusiveClusterSetLabel takes the clusters whose label cluster.open-cluster-management.io/clusterset names the
   * set, so that each is in one such set at most. LabelSelector takes those that labelSelector finds.
   */
  readonly selectorType: 'ExclusiveClusterSetLabel' | 'LabelSelector';
}

/** What the hub observed. */
export interface ManagedClusterSetStatus {
  /** Latest observations. ClusterSetEmpty tells whether the set has members. */
  readonly conditions?: readonly Condition[];
}

export const ManagedClusterSet: Kind<ManagedClusterSet> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta2',
  kind: 'ManagedClusterSet',
  plural: 'managedclustersets',
  namespaced: false,
};
