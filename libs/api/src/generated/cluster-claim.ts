// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/**
 * A fact about a managed cluster, such as its platform. The object's name names the claim. The registration agent
 * reports it to the hub in status.clusterClaims of the ManagedCluster.
 */
export interface ClusterClaim extends KubeObject {
  /** The fact. */
  readonly spec?: ClusterClaimSpec;
}

/** The fact. */
export interface ClusterClaimSpec {
  /** Value of the claim. */
  readonly value?: string;
}

export const ClusterClaim: Kind<ClusterClaim> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ClusterClaim',
  plural: 'clusterclaims',
  namespaced: false,
};
