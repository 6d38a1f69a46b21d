// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';
import type { ManifestWorkSpec } from './manifest-work.ts';

/**
 * An add-on made of manifests alone: the add-on manager installs and registers it without code. Clusters get it through
 * the configuration of the add-on.
 */
export interface AddOnTemplate extends KubeObject {
  /** The manifests and the registration. */
  readonly spec: AddOnTemplateSpec;
}

/** The manifests and the registration. */
export interface AddOnTemplateSpec {
  /** Name of the add-on. Informational. */
  readonly addonName: string;
  /** The manifests of the agent, in the form of a ManifestWork. Only workload and manifestConfigs are looked at. */
  readonly agentSpec: ManifestWorkSpec;
  /** Credentials that the agent needs for the hub, with the permissions behind them. */
  readonly registration?: readonly TemplateRegistration[];
}

/** A credential that the agent needs. */
export interface TemplateRegistration {
  /** A certificate that the add-on manager signs. For the type CustomSigner. */
  readonly customSigner?: TemplateCustomSigner;
  /** Access to the hub's API server. For the type KubeClient. */
  readonly kubeClient?: {
    /** What the agent may do on the hub. The add-on manager creates the bindings. */
    readonly hubPermissions?: readonly TemplateHubPermission[];
  };
  /** KubeClient asks for access to the hub's API server, CustomSigner for a certificate of a signer. */
  readonly type: 'KubeClient' | 'CustomSigner';
}

/** A certificate that the add-on manager signs. For the type CustomSigner. */
export interface TemplateCustomSigner {
  /** Signer of the certificate, for example "example.com/signer". */
  readonly signerName: string;
  /** Secret on the hub with the CA that signs, in the keys tls.crt and tls.key. */
  readonly signingCA: {
    /** Name of the secret. */
    readonly name: string;
    /** Namespace of the secret. Left out means that of the add-on manager. */
    readonly namespace?: string;
  };
  /** Subject of the certificate. */
  readonly subject?: {
    /** Organizations. */
    readonly groups?: readonly string[];
    /** Organizational units. */
    readonly organizationUnit?: readonly string[];
    /** Common name. Left out, it is made up from cluster and add-on. */
    readonly user?: string;
  };
}

/** A permission of the agent on the hub. */
export interface TemplateHubPermission {
  /** The permission in the cluster namespace. For the type CurrentCluster. */
  readonly currentCluster?: {
    /** Name of the ClusterRole. It must exist. */
    readonly clusterRoleName: string;
  };
  /** The permission in a given namespace. For the type SingleNamespace. */
  readonly singleNamespace?: {
    /** The namespace on the hub. */
    readonly namespace: string;
    /** The role that is granted. It must exist. */
    readonly roleRef: {
      /** API group of the role, "rbac.authorization.k8s.io". */
      readonly apiGroup: string;
      /** Role or ClusterRole. */
      readonly kind: string;
      /** Name of the role. */
      readonly name: string;
    };
  };
  /** CurrentCluster grants a ClusterRole in the cluster namespace, SingleNamespace a role in one given namespace. */
  readonly type: 'CurrentCluster' | 'SingleNamespace';
}

export const AddOnTemplate: Kind<AddOnTemplate> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'AddOnTemplate',
  plural: 'addontemplates',
  namespaced: false,
};
