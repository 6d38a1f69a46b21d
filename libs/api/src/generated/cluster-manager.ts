// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { NodePlacement, ResourceRequirements } from './add-on-deployment-config.ts';

/** An installation of the hub. The operator deploys the hub components by it; the usual name is "cluster-manager". */
export interface ClusterManager extends KubeObject {
  /** What is installed, and how. */
  readonly spec?: ClusterManagerSpec;
  /** What the operator observed. */
  readonly status?: ClusterManagerStatus;
}

/** What is installed, and how. */
export interface ClusterManagerSpec {
  /** Options of the add-on manager. */
  readonly addOnManagerConfiguration?: {
    /**
     * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
     * otherwise ignored.
     */
    readonly featureGates?: readonly FeatureGateChoice[];
  };
  /** Image of the add-on manager and its webhook. */
  readonly addOnManagerImagePullSpec?: string;
  /** Where the hub components run. */
  readonly deployOption?: ClusterManagerDeployOption;
  /** On which nodes the hub components run. */
  readonly nodePlacement?: NodePlacement;
  /** Options of placement. */
  readonly placementConfiguration?: {
    /**
     * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
     * otherwise ignored.
     */
    readonly featureGates?: readonly FeatureGateChoice[];
  };
  /** Image of the placement controller. */
  readonly placementImagePullSpec?: string;
  /** Options of registration. */
  readonly registrationConfiguration?: HubRegistrationConfiguration;
  /** Image of the registration controller and its webhook. */
  readonly registrationImagePullSpec?: string;
  /** Compute resources of the hub components. */
  readonly resourceRequirement?: ResourceRequirement;
  /** Options of the gRPC server. */
  readonly serverConfiguration?: ServerConfiguration;
  /** Options of work distribution. */
  readonly workConfiguration?: HubWorkConfiguration;
  /** Image of the work controller and its webhook. */
  readonly workImagePullSpec?: string;
}

/** The setting of one feature gate. */
export interface FeatureGateChoice {
  /** Name of the feature gate. */
  readonly feature: string;
  /** Whether the gate is on (Enable) or off (Disable). */
  readonly mode?: 'Enable' | 'Disable';
}

/** Where the hub components run. */
export interface ClusterManagerDeployOption {
  /** Options for the mode Default. */
  readonly default?: {
    /** The add-on webhook. */
    readonly addonWebhookConfiguration?: DefaultWebhookConfiguration;
    /** The registration webhook. */
    readonly registrationWebhookConfiguration?: DefaultWebhookConfiguration;
    /** The work webhook. */
    readonly workWebhookConfiguration?: DefaultWebhookConfiguration;
  };
  /** Options for the mode Hosted. */
  readonly hosted?: {
    /** The registration webhook. */
    readonly registrationWebhookConfiguration?: HostedWebhookConfiguration;
    /** The work webhook. */
    readonly workWebhookConfiguration?: HostedWebhookConfiguration;
  };
  /**
   * Default runs the components on the hub itself. Hosted runs them on another cluster, with access to the hub by a
   * kubeconfig. It must not be changed later.
   */
  readonly mode: 'Default' | 'Hosted';
}

/** The add-on webhook. */
export interface DefaultWebhookConfiguration {
  /** Ports and network of the webhook server. */
  readonly bindConfiguration?: {
    /** Port of the health probes; 0 turns them off. */
    readonly healthProbePort?: number;
    /** Run the server in the network of its node. */
    readonly hostNetwork?: boolean;
    /** Port of the metrics; 0 turns them off. */
    readonly metricsPort?: number;
    /** Port of the webhook server. */
    readonly port?: number;
  };
}

/** The registration webhook. */
export interface HostedWebhookConfiguration {
  /** Address of the webhook as the hub's API server reaches it, an IP address or a host name. */
  readonly address: string;
  /** Ports and network of the webhook server. */
  readonly bindConfiguration?: {
    /** Port of the health probes; 0 turns them off. */
    readonly healthProbePort?: number;
    /** Run the server in the network of its node. */
    readonly hostNetwork?: boolean;
    /** Port of the metrics; 0 turns them off. */
    readonly metricsPort?: number;
    /** Port of the webhook server. */
    readonly port?: number;
  };
  /** Port of the webhook as the hub's API server reaches it. */
  readonly port?: number;
}

/** Options of registration. */
export interface HubRegistrationConfiguration {
  /**
   * Users whose clusters are accepted and whose certificates are approved automatically, while the feature gate
   * ManagedClusterAutoApproval is on.
   */
  readonly autoApproveUsers?: readonly string[];
  /**
   * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
   * otherwise ignored.
   */
  readonly featureGates?: readonly FeatureGateChoice[];
  /** How clusters are imported automatically, while the feature gate ClusterImporter is on. */
  readonly importerConfiguration?: {
    /**
     * Where the values for the agent's chart come from, later ones overlaying earlier ones: render-auto makes them up,
     * render-from-config-secret reads the secret cluster-import-config in the cluster namespace.
     */
    readonly renderers?: readonly string[];
  };
  /** Ways in which clusters may register, one entry each. Empty means csr. */
  readonly registrationDrivers?: readonly HubRegistrationDriver[];
}

/** A way in which clusters may register. */
export interface HubRegistrationDriver {
  /**
   * csr issues client certificates, awsirsa uses IAM roles of EKS clusters, grpc goes through the gRPC server of the
   * hub.
   */
  readonly authType: 'csr' | 'awsirsa' | 'grpc';
  /** Options for the type awsirsa. */
  readonly awsirsa?: {
    /**
     * Regular expressions for ARNs of clusters that are accepted automatically, while the feature gate
     * ManagedClusterAutoApproval is on.
     */
    readonly autoApprovedIdentities?: readonly string[];
    /** ARN of the EKS cluster that is the hub. */
    readonly hubClusterArn?: string;
    /** Tags for the AWS resources that the hub creates, as "key=value". */
    readonly tags?: readonly string[];
  };
  /** Options for the type csr. */
  readonly csr?: {
    /** Users whose clusters are accepted automatically, while the feature gate ManagedClusterAutoApproval is on. */
    readonly autoApprovedIdentities?: readonly string[];
  };
  /** Options for the type grpc. */
  readonly grpc?: {
    /** Users whose clusters are accepted automatically, while the feature gate ManagedClusterAutoApproval is on. */
    readonly autoApprovedIdentities?: readonly string[];
  };
}

/** Compute resources of the hub components. */
export interface ResourceRequirement {
  /** Compute resources of each container, for the type ResourceRequirement. */
  readonly resourceRequirements?: ResourceRequirements;
  /** Default uses small built-in requests. BestEffort sets nothing. ResourceRequirement sets resourceRequirements. */
  readonly type?: 'Default' | 'BestEffort' | 'ResourceRequirement';
}

/** Options of the gRPC server. */
export interface ServerConfiguration {
  /** Addresses under which clients reach the server. */
  readonly endpointsExposure?: readonly EndpointExposure[];
  /**
   * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
   * otherwise ignored.
   */
  readonly featureGates?: readonly FeatureGateChoice[];
  /** Image of the gRPC server. Left out means the image of registration. */
  readonly imagePullSpec?: string;
}

/** An address under which clients reach the server. */
export interface EndpointExposure {
  /** The address for the protocol grpc. */
  readonly grpc?: Endpoint;
  /** The address for the protocol https. Accepted, without effect. */
  readonly https?: Endpoint;
  /** Protocol that is spoken there. Only grpc has an effect. */
  readonly protocol: 'grpc' | 'https';
  /** Who connects there: agentToHub or consumer. Informational. */
  readonly usage?: string;
}

/** The address for the protocol grpc. */
export interface Endpoint {
  /** A host name that is brought to the server by other means. For the type hostname. */
  readonly hostname?: {
    /**
     * Certificates in PEM, base64, that clients check the server against. Left out means the bundle of the
     * installation.
     */
    readonly caBundle?: string;
    /** Host name that clients connect to. */
    readonly host: string;
  };
  /** A service of type LoadBalancer. For the type loadBalancer. */
  readonly loadBalancer?: {
    /**
     * Certificates in PEM, base64, that clients check the server against. Left out means the bundle of the
     * installation.
     */
    readonly caBundle?: string;
    /** Host name or IP address to publish instead of the one of the load balancer. */
    readonly host?: string;
  };
  /** An OpenShift route. For the type route. */
  readonly route?: {
    /**
     * Certificates in PEM, base64, that clients check the server against. Left out means the bundle of the
     * installation.
     */
    readonly caBundle?: string;
    /** Host name to publish instead of the one of the route. */
    readonly host?: string;
  };
  /**
   * Which kind of address clients use: a given hostname, the address of a loadBalancer service, or an OpenShift route.
   */
  readonly type: 'hostname' | 'loadBalancer' | 'route';
}

/** Options of work distribution. */
export interface HubWorkConfiguration {
  /**
   * Feature gates that differ from their defaults. Unknown names are reported in the condition ValidFeatureGates and
   * otherwise ignored.
   */
  readonly featureGates?: readonly FeatureGateChoice[];
  /**
   * How ManifestWorks travel to the agents: through the hub's API server (kube) or a message broker (mqtt, grpc). Only
   * looked at while the feature gate CloudEventsDrivers is on.
   */
  readonly workDriver?: 'kube' | 'mqtt' | 'grpc';
}

/** What the operator observed. */
export interface ClusterManagerStatus {
  /** Latest observations, such as Applied, Progressing, HubRegistrationDegraded and HubPlacementDegraded. */
  readonly conditions?: readonly Condition[];
  /** Deployments and similar objects whose spec the operator watches for outside changes. */
  readonly generations?: readonly ResourceGeneration[];
  /** Generation of the object that the operator last worked on. */
  readonly observedGeneration?: number;
  /** Objects that the operator created and looks after. */
  readonly relatedResources?: readonly RelatedResource[];
}

/** The generation of one object after the operator's last write. */
export interface ResourceGeneration {
  /** API group; empty for the core group. */
  readonly group: string;
  /** metadata.generation after the operator's last write. */
  readonly lastGeneration: number;
  /** Name of the object. */
  readonly name: string;
  /** Namespace; empty for cluster-scoped objects. */
  readonly namespace?: string;
  /** Plural name of the resource. */
  readonly resource: string;
  /** API version. */
  readonly version: string;
}

/** An object that the operator looks after. */
export interface RelatedResource {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Name of the object. */
  readonly name: string;
  /** Namespace; empty for cluster-scoped objects. */
  readonly namespace?: string;
  /** Plural name of the resource. */
  readonly resource: string;
  /** API version. */
  readonly version: string;
}

export const ClusterManager: Kind<ClusterManager> = {
  group: 'operator.open-cluster-management.io',
  version: 'v1',
  kind: 'ClusterManager',
  plural: 'clustermanagers',
  namespaced: false,
};
