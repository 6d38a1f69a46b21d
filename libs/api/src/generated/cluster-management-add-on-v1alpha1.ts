// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type {
  AddOnMeta,
  DefaultConfigReference,
  InstallProgression,
  InstallStrategy,
} from './cluster-management-add-on.ts';

export interface ClusterManagementAddOnV1alpha1 extends KubeObject {
  readonly spec: ClusterManagementAddOnV1alpha1Spec;
  readonly status?: ClusterManagementAddOnV1alpha1Status;
}

export interface ClusterManagementAddOnV1alpha1Spec {
  readonly addOnConfiguration?: {
    readonly crName?: string;
    readonly crdName?: string;
    readonly lastObservedGeneration?: number;
  };
  readonly addOnMeta?: AddOnMeta;
  readonly installStrategy?: InstallStrategy;
  readonly supportedConfigs?: readonly SupportedConfigV1alpha1[];
}

export interface SupportedConfigV1alpha1 {
  readonly defaultConfig?: {
    readonly name: string;
    readonly namespace?: string;
  };
  readonly group?: string;
  readonly resource: string;
}

export interface ClusterManagementAddOnV1alpha1Status {
  readonly defaultconfigReferences?: readonly DefaultConfigReference[];
  readonly installProgressions?: readonly InstallProgression[];
}

export const ClusterManagementAddOnV1alpha1: Kind<ClusterManagementAddOnV1alpha1> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ClusterManagementAddOn',
  plural: 'clustermanagementaddons',
  namespaced: false,
};
