// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

export interface ClusterProperty extends KubeObject {
  readonly spec?: ClusterPropertySpec;
  readonly status?: Readonly<Record<string, never>>;
}

export interface ClusterPropertySpec {
  readonly value: string;
}

export const ClusterProperty: Kind<ClusterProperty> = {
  group: 'about.k8s.io',
  version: 'v1alpha1',
  kind: 'ClusterProperty',
  plural: 'clusterproperties',
  namespaced: false,
};
