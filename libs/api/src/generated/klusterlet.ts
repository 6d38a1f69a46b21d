// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { ClusterClientConfig } from './managed-cluster.ts';
import type { NodePlacement } from './add-on-deployment-config.ts';
import type { FeatureGateChoice, RelatedResource, ResourceGeneration, ResourceRequirement } from './cluster-manager.ts';

/** An installation of the agents on a managed cluster. The operator deploys the registration and work agent by it. */
export interface Klusterlet extends KubeObject {
  /** What is installed, and how. */
  readonly spec?: KlusterletSpec;
  /** What the operator observed. */
  readonly status?: KlusterletStatus;
}

/** What is installed, and how. */
export interface KlusterletSpec {
  /** Name under which the cluster registers. Empty lets the agent make up a random one. */
  readonly clusterName?: string;
  /** Where and how the agents run. */
  readonly deployOption?: {
    /**
     * Default runs two agents on the managed cluster, Singleton one that does both. Hosted and SingletonHosted run them
     * on another cluster, with access to the managed cluster by a kubeconfig. Empty means Default.
     */
    readonly mode?: string;
  };
  /** Addresses under which others reach the API server of the cluster. The agent reports them to the hub. */
  readonly externalServerURLs?: readonly ClusterClientConfig[];
  /** A fixed address of the hub for the agents, where DNS does not know it. */
  readonly hubApiServerHostAlias?: {
    /** Host name of the hub's API server. */
    readonly hostname: string;
    /** IPv4 address of the hub's API server. */
    readonly ip: string;
  };
  /** Image of the agent that does both, for the modes Singleton and SingletonHosted. */
  readonly imagePullSpec?: string;
  /**
   * Namespace of the agents; it begins with "open-cluster-management-". Empty means open-cluster-management-agent. In
   * hosted modes the agents run in a namespace named after the Klusterlet instead.
   */
  readonly namespace?: string;
  /** On which nodes the agents run. */
  readonly nodePlacement?: NodePlacement;
  /** Priority class of the agents' pods. */
  readonly priorityClassName?: string;
  /** Options of the registration agent. */
  readonly registrationConfiguration?: AgentRegistrationConfiguration;
  /** Image of the registration agent. */
  readonly registrationImagePullSpec?: string;
  /** Compute resources of the agents. */
  readonly resourceRequirement?: ResourceRequirement;
  /** Options of the work agent. */
  readonly workConfiguration?: AgentWorkConfiguration;
  /** Image of the work agent. */
  readonly workImagePullSpec?: string;
}

/** Options of the registration agent. */
export interface AgentRegistrationConfiguration {
  /** How add-on agents get their credentials for the hub's API server. */
  readonly addOnKubeClientRegistrationDriver?: {
    /** csr asks for client certificates, token for service account tokens. */
    readonly authType?: 'csr' | 'token';
    /** Options for the type token. */
    readonly token?: {
      /** Lifetime of the tokens to ask for, in seconds. Left out means a year. */
      readonly expirationSeconds?: number;
    };
  };
  /** Several hubs to choose from, while the feature gate MultipleHubs is on. */
  readonly bootstrapKubeConfigs?: {
    /** Secrets with bootstrap kubeconfigs. For the type LocalSecrets. */
    readonly localSecretsConfig?: {
      /** How long a hub may be out of reach before the agent looks for another, in seconds. */
      readonly hubConnectionTimeoutSeconds?: number;
      /** The secrets in the order of preference, in the agent namespace. At least two are needed. */
      readonly kubeConfigSecrets: readonly {
        /** Name of the secret. */
        readonly name: string;
      }[];
    };
    /** None uses the one secret bootstrap-hub-kubeconfig. LocalSecrets uses the secrets of localSecretsConfig. */
    readonly type: 'None' | 'LocalSecrets';
  };
  /**
   * Lifetime to ask for in certificate requests, in seconds. The signer may give less. Left out, the signer decides.
   */
  readonly clientCertExpirationSeconds?: number;
  /**
   * Annotations for the ManagedCluster when the agent creates it. Only keys that begin with
   * "agent.open-cluster-management.io" count.
   */
  readonly clusterAnnotations?: Readonly<Record<string, string>>;
  /** Which claims of the cluster are reported to the hub. */
  readonly clusterClaimConfiguration?: {
    /** The most claims that are reported besides the reserved ones. */
    readonly maxCustomClusterClaims: number;
    /** Endings of claim names that count as reserved, for example ".example.com". */
    readonly reservedClusterClaimSuffixes?: readonly string[];
  };
  /** Labels for the ManagedCluster. Accepted, without effect yet. */
  readonly clusterLabels?: Readonly<Record<string, string>>;
  /**
   * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
   * otherwise ignored.
   */
  readonly featureGates?: readonly FeatureGateChoice[];
  /** The most requests at once to the API server of the cluster. */
  readonly kubeAPIBurst?: number;
  /** The most requests per second to the API server of the cluster. */
  readonly kubeAPIQPS?: number;
  /** How the cluster registers. Left out means csr. */
  readonly registrationDriver?: {
    /**
     * csr asks for client certificates, awsirsa uses an IAM role of the EKS cluster, grpc goes through the gRPC server
     * of the hub.
     */
    readonly authType: 'csr' | 'awsirsa' | 'grpc';
    /** Options for the type awsirsa. */
    readonly awsIrsa?: {
      /** ARN of the EKS cluster that is the hub. */
      readonly hubClusterArn: string;
      /** ARN of the EKS cluster that registers. */
      readonly managedClusterArn: string;
    };
  };
}

/** Options of the work agent. */
export interface AgentWorkConfiguration {
  /**
   * How long applied objects are kept after their work has vanished from the hub, or the hub was changed, such as
   * "1h30m". Left out means an hour.
   */
  readonly appliedManifestWorkEvictionGracePeriod?: string;
  /**
   * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
   * otherwise ignored.
   */
  readonly featureGates?: readonly FeatureGateChoice[];
  /** The most requests at once to the API server of the hub. */
  readonly hubKubeAPIBurst?: number;
  /** The most requests per second to the API server of the hub. */
  readonly hubKubeAPIQPS?: number;
  /** The most requests at once to the API server of the cluster. */
  readonly kubeAPIBurst?: number;
  /** The most requests per second to the API server of the cluster. */
  readonly kubeAPIQPS?: number;
  /** How often the state of applied objects is looked at, such as "10s". Between 5 seconds and an hour. */
  readonly statusSyncInterval?: string;
}

/** What the operator observed. */
export interface KlusterletStatus {
  /** Latest observations, such as Applied, Available and HubConnectionDegraded. */
  readonly conditions?: readonly Condition[];
  /** Deployments and similar objects whose spec the operator watches for outside changes. */
  readonly generations?: readonly ResourceGeneration[];
  /** Generation of the object that the operator last worked on. */
  readonly observedGeneration?: number;
  /** Objects that the operator created and looks after. */
  readonly relatedResources?: readonly RelatedResource[];
}

export const Klusterlet: Kind<Klusterlet> = {
  group: 'operator.open-cluster-management.io',
  version: 'v1',
  kind: 'Klusterlet',
  plural: 'klusterlets',
  namespaced: false,
};
