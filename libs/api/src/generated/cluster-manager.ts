// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { NodePlacement, ResourceRequirements } from './add-on-deployment-config.ts';

export interface ClusterManager extends KubeObject {
  readonly spec?: ClusterManagerSpec;
  readonly status?: ClusterManagerStatus;
}

export interface ClusterManagerSpec {
  readonly addOnManagerConfiguration?: {
    readonly featureGates?: readonly FeatureGateChoice[];
  };
  readonly addOnManagerImagePullSpec?: string;
  readonly deployOption?: ClusterManagerDeployOption;
  readonly nodePlacement?: NodePlacement;
  readonly placementConfiguration?: {
    readonly featureGates?: readonly FeatureGateChoice[];
  };
  readonly placementImagePullSpec?: string;
  readonly registrationConfiguration?: HubRegistrationConfiguration;
  readonly registrationImagePullSpec?: string;
  readonly resourceRequirement?: ResourceRequirement;
  readonly serverConfiguration?: ServerConfiguration;
  readonly workConfiguration?: HubWorkConfiguration;
  readonly workImagePullSpec?: string;
}

export interface FeatureGateChoice {
  readonly feature: string;
  readonly mode?: 'Enable' | 'Disable';
}

export interface ClusterManagerDeployOption {
  readonly default?: {
    readonly addonWebhookConfiguration?: DefaultWebhookConfiguration;
    readonly registrationWebhookConfiguration?: DefaultWebhookConfiguration;
    readonly workWebhookConfiguration?: DefaultWebhookConfiguration;
  };
  readonly hosted?: {
    readonly registrationWebhookConfiguration?: HostedWebhookConfiguration;
    readonly workWebhookConfiguration?: HostedWebhookConfiguration;
  };
  readonly mode: 'Default' | 'Hosted';
}

export interface DefaultWebhookConfiguration {
  readonly bindConfiguration?: {
    readonly healthProbePort?: number;
    readonly hostNetwork?: boolean;
    readonly metricsPort?: number;
    readonly port?: number;
  };
}

export interface HostedWebhookConfiguration {
  readonly address: string;
  readonly bindConfiguration?: {
    readonly healthProbePort?: number;
    readonly hostNetwork?: boolean;
    readonly metricsPort?: number;
    readonly port?: number;
  };
  readonly port?: number;
}

export interface HubRegistrationConfiguration {
  readonly autoApproveUsers?: readonly string[];
  readonly featureGates?: readonly FeatureGateChoice[];
  readonly importerConfiguration?: {
    readonly renderers?: readonly string[];
  };
  readonly registrationDrivers?: readonly HubRegistrationDriver[];
}

export interface HubRegistrationDriver {
  readonly authType: 'csr' | 'awsirsa' | 'grpc';
  readonly awsirsa?: {
    readonly autoApprovedIdentities?: readonly string[];
    readonly hubClusterArn?: string;
    readonly tags?: readonly string[];
  };
  readonly csr?: {
    readonly autoApprovedIdentities?: readonly string[];
  };
  readonly grpc?: {
    readonly autoApprovedIdentities?: readonly string[];
  };
}

export interface ResourceRequirement {
  readonly resourceRequirements?: ResourceRequirements;
  readonly type?: 'Default' | 'BestEffort' | 'ResourceRequirement';
}

export interface ServerConfiguration {
  readonly endpointsExposure?: readonly EndpointExposure[];
  readonly featureGates?: readonly FeatureGateChoice[];
  readonly imagePullSpec?: string;
}

export interface EndpointExposure {
  readonly grpc?: Endpoint;
  readonly https?: Endpoint;
  readonly protocol: 'grpc' | 'https';
  readonly usage?: string;
}

export interface Endpoint {
  readonly hostname?: {
    readonly caBundle?: string;
    readonly host: string;
  };
  readonly loadBalancer?: {
    readonly caBundle?: string;
    readonly host?: string;
  };
  readonly route?: {
    readonly caBundle?: string;
    readonly host?: string;
  };
  readonly type: 'hostname' | 'loadBalancer' | 'route';
}

export interface HubWorkConfiguration {
  readonly featureGates?: readonly FeatureGateChoice[];
  readonly workDriver?: 'kube' | 'mqtt' | 'grpc';
}

export interface ClusterManagerStatus {
  readonly conditions?: readonly Condition[];
  readonly generations?: readonly ResourceGeneration[];
  readonly observedGeneration?: number;
  readonly relatedResources?: readonly RelatedResource[];
}

export interface ResourceGeneration {
  readonly group: string;
  readonly lastGeneration: number;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly version: string;
}

export interface RelatedResource {
  readonly group: string;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
  readonly version: string;
}

export const ClusterManager: Kind<ClusterManager> = {
  group: 'operator.open-cluster-management.io',
  version: 'v1',
  kind: 'ClusterManager',
  plural: 'clustermanagers',
  namespaced: false,
};
