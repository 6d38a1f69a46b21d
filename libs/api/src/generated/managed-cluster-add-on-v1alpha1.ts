// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { AddOnConfig, AddOnMeta, ConfigSpecHash } from './cluster-management-add-on.ts';
import type { ConfigGroupResource, RelatedObject } from './managed-cluster-add-on.ts';

/**
 * An add-on on one managed cluster. It lives in the cluster namespace and has the name of its ClusterManagementAddOn.
 */
export interface ManagedClusterAddOnV1alpha1 extends KubeObject {
  /** What differs from the configuration in the ClusterManagementAddOn. */
  readonly spec: ManagedClusterAddOnV1alpha1Spec;
  /** What is known about the add-on on the cluster. */
  readonly status?: ManagedClusterAddOnV1alpha1Status;
}

/** What differs from the configuration in the ClusterManagementAddOn. */
export interface ManagedClusterAddOnV1alpha1Spec {
  /** Configuration objects for this cluster. They replace those of the Placement and the defaults of the same type. */
  readonly configs?: readonly AddOnConfig[];
  /**
   * Namespace on the managed cluster for the add-on agent. In v1beta1 the annotation
   * addon.open-cluster-management.io/v1alpha1-install-namespace stands for it.
   */
  readonly installNamespace?: string;
}

/** What is known about the add-on on the cluster. */
export interface ManagedClusterAddOnV1alpha1Status {
  /** A reference to one configuration object. Deprecated and lost in v1beta1. */
  readonly addOnConfiguration?: {
    /** Name of the configuration object. */
    readonly crName?: string;
    /** Name of the CustomResourceDefinition of the configuration. */
    readonly crdName?: string;
    /** Generation of the configuration object when it was last read. */
    readonly lastObservedGeneration?: number;
  };
  /** How the add-on is shown to people. */
  readonly addOnMeta?: AddOnMeta;
  /** Latest observations, such as Available, Configured and Progressing. */
  readonly conditions?: readonly Condition[];
  /** The configurations in force, and how far each has come. */
  readonly configReferences?: readonly ConfigReferenceV1alpha1[];
  /** How the health of the add-on is found out. */
  readonly healthCheck?: {
    /**
     * Lease looks at the lease that the add-on agent renews. Customized leaves the condition Available to the add-on or
     * its manager.
     */
    readonly mode?: 'Lease' | 'Customized';
  };
  /**
   * How the agent gets its credential for the hub's API server: a certificate (csr) or a service account token (token).
   */
  readonly kubeClientDriver?: 'csr' | 'token';
  /**
   * Namespace for the add-on agent, its lease and its credentials, on the managed cluster or on the one that hosts the
   * agent.
   */
  readonly namespace?: string;
  /** Credentials that the add-on agent needs for the hub. The registration agent provides them. */
  readonly registrations?: readonly AddOnRegistrationV1alpha1[];
  /** Objects that belong to the add-on and help to examine it. */
  readonly relatedObjects?: readonly RelatedObject[];
  /** Types of configuration that the add-on understands. */
  readonly supportedConfigs?: readonly ConfigGroupResource[];
}

/** A configuration and how far it has come. */
export interface ConfigReferenceV1alpha1 {
  /** The configuration object that is to be in force, with its content. */
  readonly desiredConfig?: ConfigSpecHash;
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** The configuration object that was last in force everywhere, with its content. */
  readonly lastAppliedConfig?: ConfigSpecHash;
  /** Generation of the configuration object when it was last read. */
  readonly lastObservedGeneration?: number;
  /** Name of the configuration object. Deprecated, use desiredConfig. */
  readonly name: string;
  /** Namespace of the configuration object. Deprecated, use desiredConfig. */
  readonly namespace?: string;
  /** Plural name of the configuration type. */
  readonly resource: string;
}

/** A credential that the add-on agent needs. */
export interface AddOnRegistrationV1alpha1 {
  /** Signer of the certificate. kubernetes.io/kube-apiserver-client asks for access to the hub's API server. */
  readonly signerName: string;
  /** Whom the credential is for. What is left out is made up from cluster and add-on. */
  readonly subject?: {
    /** Groups of the user. */
    readonly groups?: readonly string[];
    /** Organizational units of the certificate. Not for the signer kubernetes.io/kube-apiserver-client. */
    readonly organizationUnit?: readonly string[];
    /** User name. */
    readonly user?: string;
  };
}

export const ManagedClusterAddOnV1alpha1: Kind<ManagedClusterAddOnV1alpha1> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1alpha1',
  kind: 'ManagedClusterAddOn',
  plural: 'managedclusteraddons',
  namespaced: true,
};
