// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { RolloutStrategy } from './manifest-work-replica-set.ts';

/**
 * An add-on that the hub offers: where it is installed and with which configuration. A ManagedClusterAddOn of the same
 * name in a cluster namespace installs it there.
 */
export interface ClusterManagementAddOn extends KubeObject {
  /** Where and how the add-on is installed. */
  readonly spec: ClusterManagementAddOnSpec;
  /** How far installation and configuration have come. */
  readonly status?: ClusterManagementAddOnStatus;
}

/** Where and how the add-on is installed. */
export interface ClusterManagementAddOnSpec {
  /** How the add-on is shown to people. */
  readonly addOnMeta?: AddOnMeta;
  /**
   * Types of configuration that the add-on understands, each with the object that counts where no other is named. The
   * name __reserved_no_default__ stands for a type without a default.
   */
  readonly defaultConfigs?: readonly AddOnConfig[];
  /** Who installs the add-on on clusters. */
  readonly installStrategy?: InstallStrategy;
}

/** How the add-on is shown to people. */
export interface AddOnMeta {
  /** What the add-on does, in a sentence or two. */
  readonly description?: string;
  /** Name of the add-on for human readers. */
  readonly displayName?: string;
}

/** A configuration object and its type. */
export interface AddOnConfig {
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** Name of the configuration object. */
  readonly name: string;
  /** Namespace of the configuration object; left out for cluster-scoped types. */
  readonly namespace?: string;
  /** Plural name of the configuration type, for example "addondeploymentconfigs". */
  readonly resource: string;
}

/** Who installs the add-on on clusters. */
export interface InstallStrategy {
  /**
   * Placements whose clusters get the add-on, for the type Placements. A cluster of several gets the configuration of
   * the last.
   */
  readonly placements?: readonly InstallPlacement[];
  /**
   * Manual leaves it to users to create ManagedClusterAddOns. Placements creates and deletes them by the decisions of
   * the listed Placements.
   */
  readonly type?: 'Manual' | 'Placements';
}

/** A Placement and the configuration for its clusters. */
export interface InstallPlacement {
  /** Configuration objects for the clusters of the Placement. They replace the defaults of the same type. */
  readonly configs?: readonly AddOnConfig[];
  /** Name of the Placement. */
  readonly name: string;
  /** Namespace of the Placement. */
  readonly namespace: string;
  /**
   * How a change is rolled out over the clusters that the Placement chose. Clusters that leave the Placement are
   * cleaned at once, whatever the strategy.
   */
  readonly rolloutStrategy?: RolloutStrategy;
}

/** How far installation and configuration have come. */
export interface ClusterManagementAddOnStatus {
  /** The default configurations and their present content. */
  readonly defaultConfigReferences?: readonly DefaultConfigReference[];
  /** How far the configuration has come, by Placement. */
  readonly installProgressions?: readonly InstallProgression[];
}

/** A configuration type and its default. */
export interface DefaultConfigReference {
  /** The configuration object that is to be in force, with its content. */
  readonly desiredConfig?: ConfigSpecHash;
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** Plural name of the configuration type. */
  readonly resource: string;
}

/** The configuration object that is to be in force, with its content. */
export interface ConfigSpecHash {
  /** Name of the configuration object. */
  readonly name: string;
  /** Namespace of the configuration object; left out for cluster-scoped types. */
  readonly namespace?: string;
  /** SHA-256 of the object's content in hex. Empty until the object has been read. */
  readonly specHash?: string;
}

/** How far the configuration has come on the clusters of one Placement. */
export interface InstallProgression {
  /** Latest observations of the state, at most one for each type. */
  readonly conditions?: readonly Condition[];
  /** The configurations of the Placement and how far each has come. */
  readonly configReferences?: readonly InstallConfigReference[];
  /** Name of the Placement. */
  readonly name: string;
  /** Namespace of the Placement. */
  readonly namespace: string;
}

/** A configuration and how far it has come. */
export interface InstallConfigReference {
  /** The configuration object that is to be in force, with its content. */
  readonly desiredConfig?: ConfigSpecHash;
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** The configuration object that was last in force on all clusters, with its content. */
  readonly lastAppliedConfig?: ConfigSpecHash;
  /** The configuration object with which the rollout last succeeded, with its content. */
  readonly lastKnownGoodConfig?: ConfigSpecHash;
  /** Plural name of the configuration type. */
  readonly resource: string;
}

export const ClusterManagementAddOn: Kind<ClusterManagementAddOn> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'ClusterManagementAddOn',
  plural: 'clustermanagementaddons',
  namespaced: false,
};
