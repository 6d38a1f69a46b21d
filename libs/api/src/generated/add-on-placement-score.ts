// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Timestamp } from '../meta.ts';

export interface AddOnPlacementScore extends KubeObject {
  readonly status?: AddOnPlacementScoreStatus;
}

export interface AddOnPlacementScoreStatus {
  readonly conditions?: readonly Condition[];
  readonly scores?: readonly AddOnScore[];
  readonly validUntil?: Timestamp;
}

export interface AddOnScore {
  readonly name: string;
  readonly value: number;
}

export const AddOnPlacementScore: Kind<AddOnPlacementScore> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'AddOnPlacementScore',
  plural: 'addonplacementscores',
  namespaced: true,
};
