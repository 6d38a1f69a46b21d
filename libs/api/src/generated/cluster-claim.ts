// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

export interface ClusterClaim extends KubeObject {
  readonly spec?: ClusterClaimSpec;
}

export interface ClusterClaimSpec {
  readonly value?: string;
}

export const ClusterClaim: Kind<ClusterClaim> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ClusterClaim',
  plural: 'clusterclaims',
  namespaced: false,
};
