// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type {
  AddOnMeta,
  DefaultConfigReference,
  InstallProgression,
  InstallStrategy,
} from './cluster-management-add-on.ts';

/**
 * An add-on that the hub offers: where it is installed and with which configuration. A ManagedClusterAddOn of the same
 * name in a cluster namespace installs it there.
 */
export interface ClusterManagementAddOnV1alpha1 extends KubeObject {
  /** Where and how the add-on is installed. */
  readonly spec: ClusterManagementAddOnV1alpha1Spec;
  /** How far installation and configuration have come. */
  readonly status?: ClusterManagementAddOnV1alpha1Status;
}

/** Where and how the add-on is installed. */
export interface ClusterManagementAddOnV1alpha1Spec {
  /** A reference to one configuration object. Deprecated and lost in v1beta1; use supportedConfigs. */
  readonly addOnConfiguration?: {
    /** Name of the configuration object. */
    readonly crName?: string;
    /** Name of the CustomResourceDefinition of the configuration. */
    readonly crdName?: string;
    /** Generation of the configuration object when it was last read. */
    readonly lastObservedGeneration?: number;
  };
  /** How the add-on is shown to people. */
  readonly addOnMeta?: AddOnMeta;
  /** Who installs the add-on on clusters. */
  readonly installStrategy?: InstallStrategy;
  /** Types of configuration that the add-on understands, each with an optional default. */
  readonly supportedConfigs?: readonly SupportedConfigV1alpha1[];
}

/** A type of configuration. */
export interface SupportedConfigV1alpha1 {
  /** The configuration object that counts where no other is named. */
  readonly defaultConfig?: {
    /** Name of the configuration object. */
    readonly name: string;
    /** Namespace of the configuration object; left out for cluster-scoped types. */
    readonly namespace?: string;
  };
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** Plural name of the configuration type, for example "addondeploymentconfigs". */
  readonly resource: string;
}

/** How far installation and configuration have come. */
export interface ClusterManagementAddOnV1alpha1Status {
  /** The default configurations and their present content. */
  readonly defaultconfigReferences?: readonly DefaultConfigReference[];
  /** How far the configuration has come, by Placement. */
  readonly installProgressions?: readonly InstallProgression[];
}

export const ClusterManagementAddOnV1alpha1: Kind<ClusterManagementAddOnV1alpha1> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ClusterManagementAddOn',
  plural: 'clustermanagementaddons',
  namespaced: false,
};
