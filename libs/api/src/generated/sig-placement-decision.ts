// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

export interface SigPlacementDecision extends KubeObject {
  readonly decisions: readonly {
    readonly clusterProfileRef: {
      readonly name: string;
      readonly namespace?: string;
    };
    readonly reason?: string;
  }[];
  readonly schedulerName?: string;
}

export const SigPlacementDecision: Kind<SigPlacementDecision> = {
  group: 'multicluster.x-k8s.io',
  version: 'v1alpha1',
  kind: 'PlacementDecision',
  plural: 'placementdecisions',
  namespaced: true,
};
