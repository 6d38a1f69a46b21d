// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { ManifestWorkSpec } from './manifest-work.ts';

export interface ManifestWorkReplicaSet extends KubeObject {
  readonly spec?: ManifestWorkReplicaSetSpec;
  readonly status?: ManifestWorkReplicaSetStatus;
}

export interface ManifestWorkReplicaSetSpec {
  readonly cascadeDeletionPolicy: 'Background' | 'Foreground';
  readonly manifestWorkTemplate?: ManifestWorkSpec;
  readonly placementRefs: readonly ReplicaSetPlacement[];
}

export interface ReplicaSetPlacement {
  readonly name: string;
  readonly rolloutStrategy?: RolloutStrategy;
}

export interface RolloutStrategy {
  readonly all?: RolloutAll;
  readonly progressive?: RolloutProgressive;
  readonly progressivePerGroup?: RolloutProgressivePerGroup;
  readonly type?: 'All' | 'Progressive' | 'ProgressivePerGroup';
}

export interface RolloutAll {
  readonly maxFailures?: number | string;
  readonly minSuccessTime?: string;
  readonly progressDeadline?: string;
}

export interface RolloutProgressive {
  readonly mandatoryDecisionGroups?: readonly MandatoryDecisionGroup[];
  readonly maxConcurrency?: number | string;
  readonly maxFailures?: number | string;
  readonly minSuccessTime?: string;
  readonly progressDeadline?: string;
}

export interface MandatoryDecisionGroup {
  readonly groupIndex?: number;
  readonly groupName?: string;
}

export interface RolloutProgressivePerGroup {
  readonly mandatoryDecisionGroups?: readonly MandatoryDecisionGroup[];
  readonly maxFailures?: number | string;
  readonly minSuccessTime?: string;
  readonly progressDeadline?: string;
}

export interface ManifestWorkReplicaSetStatus {
  readonly conditions?: readonly Condition[];
  readonly placementSummary?: readonly PlacementSummary[];
  readonly summary?: ReplicaSetSummary;
}

export interface PlacementSummary {
  readonly availableDecisionGroups?: string;
  readonly name?: string;
  readonly summary?: ReplicaSetSummary;
}

export interface ReplicaSetSummary {
  readonly applied?: number;
  readonly available?: number;
  readonly degraded?: number;
  readonly desiredTotal?: number;
  readonly progressing?: number;
  readonly total?: number;
  readonly updated?: number;
}

export const ManifestWorkReplicaSet: Kind<ManifestWorkReplicaSet> = {
  group: 'work.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ManifestWorkReplicaSet',
  plural: 'manifestworkreplicasets',
  namespaced: true,
};
