// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';

export interface ManagedClusterSetBinding extends KubeObject {
  readonly spec?: ManagedClusterSetBindingSpec;
  readonly status?: ManagedClusterSetBindingStatus;
}

export interface ManagedClusterSetBindingSpec {
  readonly clusterSet?: string;
}

export interface ManagedClusterSetBindingStatus {
  readonly conditions?: readonly Condition[];
}

export const ManagedClusterSetBinding: Kind<ManagedClusterSetBinding> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1beta2',
  kind: 'ManagedClusterSetBinding',
  plural: 'managedclustersetbindings',
  namespaced: true,
};
