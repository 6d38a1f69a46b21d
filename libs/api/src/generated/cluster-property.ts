// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/**
 * A fact about a managed cluster, such as its region. The object's name names the property. The registration agent
 * reports it to the hub as a cluster claim while the feature gate ClusterProperty is on.
 */
export interface ClusterProperty extends KubeObject {
  /** The fact. */
  readonly spec?: ClusterPropertySpec;
  /** Reserved. */
  readonly status?: Readonly<Record<string, never>>;
}

/** The fact. */
export interface ClusterPropertySpec {
  /** Value of the property. The hub stores claims of at most 1024 characters. */
  readonly value: string;
}

export const ClusterProperty: Kind<ClusterProperty> = {
  group: 'about.k8s.io',
  version: 'v1alpha1',
  kind: 'ClusterProperty',
  plural: 'clusterproperties',
  namespaced: false,
};
