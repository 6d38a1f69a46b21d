// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Timestamp } from '../meta.ts';

export interface ManagedCluster extends KubeObject {
  readonly spec?: ManagedClusterSpec;
  readonly status?: ManagedClusterStatus;
}

export interface ManagedClusterSpec {
  readonly hubAcceptsClient?: boolean;
  readonly leaseDurationSeconds?: number;
  readonly managedClusterClientConfigs?: readonly ClusterClientConfig[];
  readonly taints?: readonly Taint[];
}

export interface ClusterClientConfig {
  readonly caBundle?: string;
  readonly url: string;
}

export interface Taint {
  readonly effect: 'NoSelect' | 'PreferNoSelect' | 'NoSelectIfNew';
  readonly key: string;
  readonly timeAdded?: Timestamp | null;
  readonly value?: string;
}

export interface ManagedClusterStatus {
  readonly allocatable?: Readonly<Record<string, number | string>>;
  readonly capacity?: Readonly<Record<string, number | string>>;
  readonly clusterClaims?: readonly ReportedClaim[];
  readonly conditions?: readonly Condition[];
  readonly managedNamespaces?: readonly ManagedNamespaceStatus[];
  readonly version?: {
    readonly kubernetes?: string;
  };
}

export interface ReportedClaim {
  readonly name?: string;
  readonly value?: string;
}

export interface ManagedNamespaceStatus {
  readonly clusterSet: string;
  readonly conditions?: readonly Condition[];
  readonly name: string;
}

export const ManagedCluster: Kind<ManagedCluster> = {
  group: 'cluster.open-cluster-management.io',
  version: 'v1',
  kind: 'ManagedCluster',
  plural: 'managedclusters',
  namespaced: false,
};
