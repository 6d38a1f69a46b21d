// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Timestamp } from '../meta.ts';

/** Scores that an add-on gives to a cluster, for Placements to rank by. It lives in the cluster namespace. */
export interface AddOnPlacementScore extends KubeObject {
  /** The scores. */
  readonly status?: AddOnPlacementScoreStatus;
}

/** The scores. */
export interface AddOnPlacementScoreStatus {
  /** Latest observations of the provider of the scores. Placements do not look at them. */
  readonly conditions?: readonly Condition[];
  /** The scores by name. */
  readonly scores?: readonly AddOnScore[];
  /** When the scores expire. Expired scores count as 0. Left out means never. */
  readonly validUntil?: Timestamp;
}

/** A score. */
export interface AddOnScore {
  /** Name of the score. */
  readonly name: string;
  /** The score; more is better. */
  readonly value: number;
}

export const AddOnPlacementScore: Kind<AddOnPlacementScore> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'AddOnPlacementScore',
  plural: 'addonplacementscores',
  namespaced: true,
};
