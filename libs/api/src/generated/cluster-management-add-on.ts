// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { RolloutStrategy } from './manifest-work-replica-set.ts';

export interface ClusterManagementAddOn extends KubeObject {
  readonly spec: ClusterManagementAddOnSpec;
  readonly status?: ClusterManagementAddOnStatus;
}

export interface ClusterManagementAddOnSpec {
  readonly addOnMeta?: AddOnMeta;
  readonly defaultConfigs?: readonly AddOnConfig[];
  readonly installStrategy?: InstallStrategy;
}

export interface AddOnMeta {
  readonly description?: string;
  readonly displayName?: string;
}

export interface AddOnConfig {
  readonly group?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
}

export interface InstallStrategy {
  readonly placements?: readonly InstallPlacement[];
  readonly type?: 'Manual' | 'Placements';
}

export interface InstallPlacement {
  readonly configs?: readonly AddOnConfig[];
  readonly name: string;
  readonly namespace: string;
  readonly rolloutStrategy?: RolloutStrategy;
}

export interface ClusterManagementAddOnStatus {
  readonly defaultConfigReferences?: readonly DefaultConfigReference[];
  readonly installProgressions?: readonly InstallProgression[];
}

export interface DefaultConfigReference {
  readonly desiredConfig?: ConfigSpecHash;
  readonly group?: string;
  readonly resource: string;
}

export interface ConfigSpecHash {
  readonly name: string;
  readonly namespace?: string;
  readonly specHash?: string;
}

export interface InstallProgression {
  readonly conditions?: readonly Condition[];
  readonly configReferences?: readonly InstallConfigReference[];
  readonly name: string;
  readonly namespace: string;
}

export interface InstallConfigReference {
  readonly desiredConfig?: ConfigSpecHash;
  readonly group?: string;
  readonly lastAppliedConfig?: ConfigSpecHash;
  readonly lastKnownGoodConfig?: ConfigSpecHash;
  readonly resource: string;
}

export const ClusterManagementAddOn: Kind<ClusterManagementAddOn> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'ClusterManagementAddOn',
  plural: 'clustermanagementaddons',
  namespaced: false,
};
