// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

export interface AddOnDeploymentConfig extends KubeObject {
  readonly spec: AddOnDeploymentConfigSpec;
}

export interface AddOnDeploymentConfigSpec {
  readonly agentInstallNamespace?: string;
  readonly customizedVariables?: readonly CustomizedVariable[];
  readonly nodePlacement?: NodePlacement;
  readonly proxyConfig?: ProxyConfig;
  readonly registries?: readonly ImageMirror[];
  readonly resourceRequirements?: readonly ContainerResourceRequirements[];
}

export interface CustomizedVariable {
  readonly name: string;
  readonly value?: string;
}

export interface NodePlacement {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly NodeToleration[];
}

export interface NodeToleration {
  readonly effect?: string;
  readonly key?: string;
  readonly operator?: string;
  readonly tolerationSeconds?: number;
  readonly value?: string;
}

export interface ProxyConfig {
  readonly caBundle?: string;
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

export interface ImageMirror {
  readonly mirror: string;
  readonly source?: string;
}

export interface ContainerResourceRequirements {
  readonly containerID: string;
  readonly resources: ResourceRequirements;
}

export interface ResourceRequirements {
  readonly claims?: readonly {
    readonly name: string;
    readonly request?: string;
  }[];
  readonly limits?: Readonly<Record<string, number | string>>;
  readonly requests?: Readonly<Record<string, number | string>>;
}

export const AddOnDeploymentConfig: Kind<AddOnDeploymentConfig> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'AddOnDeploymentConfig',
  plural: 'addondeploymentconfigs',
  namespaced: true,
};
