// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject, Timestamp } from '../meta.ts';

export interface ClusterProfile extends KubeObject {
  readonly spec: ClusterProfileSpec;
  readonly status?: ClusterProfileStatus;
}

export interface ClusterProfileSpec {
  readonly clusterManager: {
    readonly name: string;
  };
  readonly displayName?: string;
}

export interface ClusterProfileStatus {
  readonly accessProviders?: readonly ClusterAccessProvider[];
  readonly conditions?: readonly Condition[];
  readonly credentialProviders?: readonly ClusterAccessProvider[];
  readonly properties?: readonly {
    readonly lastObservedTime?: Timestamp;
    readonly name: string;
    readonly value: string;
  }[];
  readonly version?: {
    readonly kubernetes?: string;
  };
}

export interface ClusterAccessProvider {
  readonly cluster?: {
    readonly 'certificate-authority'?: string;
    readonly 'certificate-authority-data'?: string;
    readonly 'disable-compression'?: boolean;
    readonly extensions?: readonly {
      readonly extension: Readonly<Record<string, unknown>>;
      readonly name: string;
    }[];
    readonly 'insecure-skip-tls-verify'?: boolean;
    readonly 'proxy-url'?: string;
    readonly server: string;
    readonly 'tls-server-name'?: string;
  };
  readonly name: string;
}

export const ClusterProfile: Kind<ClusterProfile> = {
  group: 'multicluster.x-k8s.io',
  version: 'v1alpha1',
  kind: 'ClusterProfile',
  plural: 'clusterprofiles',
  namespaced: true,
};
