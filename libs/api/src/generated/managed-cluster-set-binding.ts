// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';

/** Lets Placements of a namespace choose clusters of a ManagedClusterSet. It has the name of the set. */
export interface ManagedClusterSetBinding extends KubeObject {
  /** The set that is bound. */
  readonly spec?: ManagedClusterSetBindingSpec;
  /** What the hub observed. */
  readonly status?: ManagedClusterSetBindingStatus;
}

/** The set that is bound. */
export interface ManagedClusterSetBindingSpec {
  /**
   * Name of the set; it must equal the name of the binding. Creating the binding takes the permission to create
   * managedclustersets/bind for the set.
   */
  readonly clusterSet?: string;
}

/** What the hub observed. */
export interface ManagedClusterSetBindingStatus {
  /** Latest observations. Bound tells whether the set exists. */
  readonly conditions?: readonly Condition[];
}

export const ManagedClusterSetBinding: Kind<ManagedClusterSetBinding> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta2',
  kind: 'ManagedClusterSetBinding',
  plural: 'managedclustersetbindings',
  namespaced: true,
};
