// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/**
 * Settings for the deployment of add-on agents, such as variables, image mirrors and node placement. Add-ons that
 * support it are given it as a configuration.
 */
export interface AddOnDeploymentConfig extends KubeObject {
  /** The settings. */
  readonly spec: AddOnDeploymentConfigSpec;
}

/** The settings. */
export interface AddOnDeploymentConfigSpec {
  /** Namespace for the add-on agent on the managed cluster. An empty text leaves the choice to the add-on. */
  readonly agentInstallNamespace?: string;
  /** Variables for the manifests of the add-on. */
  readonly customizedVariables?: readonly CustomizedVariable[];
  /** On which nodes the pods of the add-on run. Left out, the add-on decides. */
  readonly nodePlacement?: NodePlacement;
  /** Proxy for connections from the managed cluster to the hub. */
  readonly proxyConfig?: ProxyConfig;
  /** Where images are pulled from instead. Of several entries that change an image, the last counts. */
  readonly registries?: readonly ImageMirror[];
  /** Compute resources for containers of the add-on. */
  readonly resourceRequirements?: readonly ContainerResourceRequirements[];
}

/** A variable. */
export interface CustomizedVariable {
  /** Name of the variable. */
  readonly name: string;
  /** Value of the variable. */
  readonly value?: string;
}

/** On which nodes the pods of the add-on run. Left out, the add-on decides. */
export interface NodePlacement {
  /** Labels that a node must have to run the pods. Empty means any node. */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Node taints that the pods tolerate. Empty means none beyond the usual. */
  readonly tolerations?: readonly NodeToleration[];
}

/** A node taint that is tolerated. */
export interface NodeToleration {
  /** Effect of the taint that is tolerated: NoSchedule, PreferNoSchedule or NoExecute. Empty means any. */
  readonly effect?: string;
  /** Key of the taint. Empty together with the operator Exists tolerates every taint. */
  readonly key?: string;
  /** How the value is compared: Equal (as when left out) or Exists, which tolerates any value. */
  readonly operator?: string;
  /**
   * How long a NoExecute taint is tolerated before the pod is evicted, in seconds. Left out means for ever; 0 or less
   * means not at all.
   */
  readonly tolerationSeconds?: number;
  /** Value of the taint that is tolerated. Leave it out with Exists. */
  readonly value?: string;
}

/** Proxy for connections from the managed cluster to the hub. */
export interface ProxyConfig {
  /** Certificates in PEM, base64, that the certificate of an https proxy is checked against. */
  readonly caBundle?: string;
  /** URL of the proxy for http. */
  readonly httpProxy?: string;
  /** URL of the proxy for https. */
  readonly httpsProxy?: string;
  /** Hosts, domains and networks that are reached without the proxy, separated by commas. */
  readonly noProxy?: string;
}

/** A registry or image and its replacement. */
export interface ImageMirror {
  /** What takes its place. */
  readonly mirror: string;
  /**
   * Beginning of the image names that is replaced, for example a registry. Left out, all but the last part of every
   * image name is replaced.
   */
  readonly source?: string;
}

/** Compute resources for the containers that an ID names. */
export interface ContainerResourceRequirements {
  /**
   * The containers, as "<resource>:<name of the workload>:<name of the container>", for example
   * "deployments:agent:main". Each part may be "*" for any; the names may also be regular expressions. Of several
   * entries that match, the last counts.
   */
  readonly containerID: string;
  /** The compute resources. */
  readonly resources: ResourceRequirements;
}

/** The compute resources. */
export interface ResourceRequirements {
  /** Dynamic resource claims of the pod that the container uses. */
  readonly claims?: readonly {
    /** Name of an entry of the pod's resourceClaims. */
    readonly name: string;
    /** One request of the claim that the container uses; empty means all that the claim provides. */
    readonly request?: string;
  }[];
  /** The most that may be used, by resource name. */
  readonly limits?: Readonly<Record<string, number | string>>;
  /** What is set aside, by resource name. Where it is left out, the limit counts. */
  readonly requests?: Readonly<Record<string, number | string>>;
}

export const AddOnDeploymentConfig: Kind<AddOnDeploymentConfig> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'AddOnDeploymentConfig',
  plural: 'addondeploymentconfigs',
  namespaced: true,
};
