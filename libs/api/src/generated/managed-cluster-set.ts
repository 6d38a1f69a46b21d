// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, LabelSelector } from '../meta.ts';

export interface ManagedClusterSet extends KubeObject {
  readonly spec?: ManagedClusterSetSpec;
  readonly status?: ManagedClusterSetStatus;
}

export interface ManagedClusterSetSpec {
  readonly clusterSelector?: ClusterSetSelector;
  readonly managedNamespaces?: readonly {
    readonly name: string;
  }[];
}

export interface ClusterSetSelector {
  readonly labelSelector?: LabelSelector;
  readonly selectorType: 'ExclusiveClusterSetLabel' | 'LabelSelector';
}

export interface ManagedClusterSetStatus {
  readonly conditions?: readonly Condition[];
}

export const ManagedClusterSet: Kind<ManagedClusterSet> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta2',
  kind: 'ManagedClusterSet',
  plural: 'managedclustersets',
  namespaced: false,
};
