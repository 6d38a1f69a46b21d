// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Timestamp } from '../meta.ts';

/**
 * A cluster of an inventory in the form of the Kubernetes multicluster group. The hub keeps one for each cluster of the
 * sets that are bound to a namespace while the feature gate ClusterProfile is on.
 */
export interface ClusterProfile extends KubeObject {
  /** Which cluster it is and who keeps the profile. */
  readonly spec: ClusterProfileSpec;
  /** What is known about the cluster. */
  readonly status?: ClusterProfileStatus;
}

/** Which cluster it is and who keeps the profile. */
export interface ClusterProfileSpec {
  /** Who keeps the profile. It cannot be changed. */
  readonly clusterManager: {
    /** Name of the keeper; "open-cluster-management" for profiles of the hub. */
    readonly name: string;
  };
  /** Name of the cluster for human readers. */
  readonly displayName?: string;
}

/** What is known about the cluster. */
export interface ClusterProfileStatus {
  /** Ways to reach the cluster, written by whoever offers them. */
  readonly accessProviders?: readonly ClusterAccessProvider[];
  /** Latest observations. ControlPlaneHealthy and Joined repeat conditions of the ManagedCluster. */
  readonly conditions?: readonly Condition[];
  /** Ways to reach the cluster. Deprecated, use accessProviders. */
  readonly credentialProviders?: readonly ClusterAccessProvider[];
  /** Facts that the cluster reports about itself. */
  readonly properties?: readonly {
    /** When the property was last seen with this value. */
    readonly lastObservedTime?: Timestamp;
    /** Name of the property. */
    readonly name: string;
    /** Value of the property. */
    readonly value: string;
  }[];
  /** Versions of the cluster. */
  readonly version?: {
    /** Kubernetes version of the cluster. */
    readonly kubernetes?: string;
  };
}

/** A way to reach the cluster. */
export interface ClusterAccessProvider {
  /** How to connect to the cluster, as in a kubeconfig but without credentials. */
  readonly cluster?: {
    /** File with the certificates that the server's certificate is checked against. */
    readonly 'certificate-authority'?: string;
    /** Certificates in PEM, base64, that the server's certificate is checked against. Wins over the file. */
    readonly 'certificate-authority-data'?: string;
    /** Do not ask for compressed answers. Faster on a broad network. */
    readonly 'disable-compression'?: boolean;
    /** Further data for clients, for example for an exec plugin. */
    readonly extensions?: readonly {
      /** Content of the extension. */
      readonly extension: Readonly<Record<string, unknown>>;
      /** Name of the extension. */
      readonly name: string;
    }[];
    /** Do not check the server's certificate. Makes the connection unsafe. */
    readonly 'insecure-skip-tls-verify'?: boolean;
    /** Proxy for all requests to the cluster: http, https or socks5. */
    readonly 'proxy-url'?: string;
    /** URL of the API server. */
    readonly server: string;
    /** Host name that the server's certificate is checked for. Left out means the host of the URL. */
    readonly 'tls-server-name'?: string;
  };
  /** Name of the provider. Clients pick a provider by it. */
  readonly name: string;
}

export const ClusterProfile: Kind<ClusterProfile> = {
  group: 'multicluster.x-k8s.io',
  version: 'v1alpha1',
  kind: 'ClusterProfile',
  plural: 'clusterprofiles',
  namespaced: true,
};
