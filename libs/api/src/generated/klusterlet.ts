// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { ClusterClientConfig } from './managed-cluster.ts';
import type { NodePlacement } from './add-on-deployment-config.ts';
import type { FeatureGateChoice, RelatedResource, ResourceGeneration, ResourceRequirement } from './cluster-manager.ts';

export interface Klusterlet extends KubeObject {
  readonly spec?: KlusterletSpec;
  readonly status?: KlusterletStatus;
}

export interface KlusterletSpec {
  readonly clusterName?: string;
  readonly deployOption?: {
    readonly mode?: string;
  };
  readonly externalServerURLs?: readonly ClusterClientConfig[];
  readonly hubApiServerHostAlias?: {
    readonly hostname: string;
    readonly ip: string;
  };
  readonly imagePullSpec?: string;
  readonly namespace?: string;
  readonly nodePlacement?: NodePlacement;
  readonly priorityClassName?: string;
  readonly registrationConfiguration?: AgentRegistrationConfiguration;
  readonly registrationImagePullSpec?: string;
  readonly resourceRequirement?: ResourceRequirement;
  readonly workConfiguration?: AgentWorkConfiguration;
  readonly workImagePullSpec?: string;
}

export interface AgentRegistrationConfiguration {
  readonly addOnKubeClientRegistrationDriver?: {
    readonly authType?: 'csr' | 'token';
    readonly token?: {
      readonly expirationSeconds?: number;
    };
  };
  readonly bootstrapKubeConfigs?: {
    readonly localSecretsConfig?: {
      readonly hubConnectionTimeoutSeconds?: number;
      readonly kubeConfigSecrets: readonly {
        readonly name: string;
      }[];
    };
    readonly type: 'None' | 'LocalSecrets';
  };
  readonly clientCertExpirationSeconds?: number;
  readonly clusterAnnotations?: Readonly<Record<string, string>>;
  readonly clusterClaimConfiguration?: {
    readonly maxCustomClusterClaims: number;
    readonly reservedClusterClaimSuffixes?: readonly string[];
  };
  readonly clusterLabels?: Readonly<Record<string, string>>;
  readonly featureGates?: readonly FeatureGateChoice[];
  readonly kubeAPIBurst?: number;
  readonly kubeAPIQPS?: number;
  readonly registrationDriver?: {
    readonly authType: 'csr' | 'awsirsa' | 'grpc';
    readonly awsIrsa?: {
      readonly hubClusterArn: string;
      readonly managedClusterArn: string;
    };
  };
}

export interface AgentWorkConfiguration {
  readonly appliedManifestWorkEvictionGracePeriod?: string;
  readonly featureGates?: readonly FeatureGateChoice[];
  readonly hubKubeAPIBurst?: number;
  readonly hubKubeAPIQPS?: number;
  readonly kubeAPIBurst?: number;
  readonly kubeAPIQPS?: number;
  readonly statusSyncInterval?: string;
}

export interface KlusterletStatus {
  readonly conditions?: readonly Condition[];
  readonly generations?: readonly ResourceGeneration[];
  readonly observedGeneration?: number;
  readonly relatedResources?: readonly RelatedResource[];
}

export const Klusterlet: Kind<Klusterlet> = {
  group: 'operator.open-cluster-management.io',
  version: 'v1',
  kind: 'Klusterlet',
  plural: 'klusterlets',
  namespaced: false,
};
