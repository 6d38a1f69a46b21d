// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { ManifestWorkSpec } from './manifest-work.ts';

export interface AddOnTemplate extends KubeObject {
  readonly spec: AddOnTemplateSpec;
}

export interface AddOnTemplateSpec {
  readonly addonName: string;
  readonly agentSpec: ManifestWorkSpec;
  readonly registration?: readonly TemplateRegistration[];
}

export interface TemplateRegistration {
  readonly customSigner?: TemplateCustomSigner;
  readonly kubeClient?: {
    readonly hubPermissions?: readonly TemplateHubPermission[];
  };
  readonly type: 'KubeClient' | 'CustomSigner';
}

export interface TemplateCustomSigner {
  readonly signerName: string;
  readonly signingCA: {
    readonly name: string;
    readonly namespace?: string;
  };
  readonly subject?: {
    readonly groups?: readonly string[];
    readonly organizationUnit?: readonly string[];
    readonly user?: string;
  };
}

export interface TemplateHubPermission {
  readonly currentCluster?: {
    readonly clusterRoleName: string;
  };
  readonly singleNamespace?: {
    readonly namespace: string;
    readonly roleRef: {
      readonly apiGroup: string;
      readonly kind: string;
      readonly name: string;
    };
  };
  readonly type: 'CurrentCluster' | 'SingleNamespace';
}

export const AddOnTemplate: Kind<AddOnTemplate> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'AddOnTemplate',
  plural: 'addontemplates',
  namespaced: false,
};
