// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Timestamp } from '../meta.ts';

/**
 * A cluster that joins the hub. The registration agent creates it under the name of the cluster; an administrator of
 * the hub accepts it by setting spec.hubAcceptsClient. Once it is accepted, the namespace of the same name on the hub
 * holds what is meant for the cluster.
 */
export interface ManagedCluster extends KubeObject {
  /** What the hub and the agent want of the cluster. */
  readonly spec?: ManagedClusterSpec;
  /** What the agent and the hub observed. */
  readonly status?: ManagedClusterStatus;
}

/** What the hub and the agent want of the cluster. */
export interface ManagedClusterSpec {
  /**
   * Whether the hub accepts the cluster. Only who may update managedclusters/accept can turn it on; turning it off
   * withdraws the agent's permissions.
   */
  readonly hubAcceptsClient?: boolean;
  /**
   * How often the agent renews its lease, in seconds. After five times that long without renewal the hub reports the
   * cluster as Unknown. 0 counts as 60.
   */
  readonly leaseDurationSeconds?: number;
  /** Addresses under which others reach the API server of the cluster. Informational; the hub itself never connects. */
  readonly managedClusterClientConfigs?: readonly ClusterClientConfig[];
  /** Marks that keep Placements away from the cluster unless they tolerate them. */
  readonly taints?: readonly Taint[];
}

/** An address of the API server of the cluster. */
export interface ClusterClientConfig {
  /**
   * Certificates in PEM, base64, that the server's certificate is checked against. Left out means the system's roots.
   */
  readonly caBundle?: string;
  /** URL of the API server; it must be https. */
  readonly url: string;
}

/** A mark that keeps Placements without a matching toleration away. */
export interface Taint {
  /**
   * NoSelect removes the cluster from Placements and keeps it out. PreferNoSelect makes it the last choice.
   * NoSelectIfNew keeps it out of Placements that have not chosen it yet.
   */
  readonly effect: 'NoSelect' | 'PreferNoSelect' | 'NoSelectIfNew';
  /** Key of the taint, for example "cluster.open-cluster-management.io/unreachable". */
  readonly key: string;
  /** When the taint was added; toleration times count from here. Set by the hub, clients leave it out. */
  readonly timeAdded?: Timestamp | null;
  /** Value of the taint that tolerations may ask for. */
  readonly value?: string;
}

/** What the agent and the hub observed. */
export interface ManagedClusterStatus {
  /** Sum of what schedulable nodes offer to pods, by resource name. */
  readonly allocatable?: Readonly<Record<string, number | string>>;
  /** Sum of the capacity of all nodes, by resource name. Other components may add resources of their own. */
  readonly capacity?: Readonly<Record<string, number | string>>;
  /** Facts that the cluster reports about itself, reserved names first. */
  readonly clusterClaims?: readonly ReportedClaim[];
  /**
   * Latest observations, such as HubAcceptedManagedCluster, ManagedClusterJoined and ManagedClusterConditionAvailable.
   */
  readonly conditions?: readonly Condition[];
  /** Namespaces that cluster sets ask for on the cluster, and how that went. */
  readonly managedNamespaces?: readonly ManagedNamespaceStatus[];
  /** Versions of the cluster. */
  readonly version?: {
    /** Kubernetes version of the API server, for example "v1.35.4". */
    readonly kubernetes?: string;
  };
}

/** A fact that the cluster reports. */
export interface ReportedClaim {
  /** Name of the claim. */
  readonly name?: string;
  /** Value of the claim. */
  readonly value?: string;
}

/** A namespace that one cluster set asks for. */
export interface ManagedNamespaceStatus {
  /** The cluster set that asks for the namespace. */
  readonly clusterSet: string;
  /** Latest observations of the state, at most one for each type. */
  readonly conditions?: readonly Condition[];
  /** Name of the namespace. */
  readonly name: string;
}

export const ManagedCluster: Kind<ManagedCluster> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1',
  kind: 'ManagedCluster',
  plural: 'managedclusters',
  namespaced: false,
};
