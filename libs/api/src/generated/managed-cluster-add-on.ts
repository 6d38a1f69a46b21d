// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { AddOnConfig, AddOnMeta, ConfigSpecHash } from './cluster-management-add-on.ts';

/**
 * An add-on on one managed cluster. It lives in the cluster namespace and has the name of its ClusterManagementAddOn.
 */
export interface ManagedClusterAddOn extends KubeObject {
  /** What differs from the configuration in the ClusterManagementAddOn. */
  readonly spec: ManagedClusterAddOnSpec;
  /** What is known about the add-on on the cluster. */
  readonly status?: ManagedClusterAddOnStatus;
}

/** What differs from the configuration in the ClusterManagementAddOn. */
export interface ManagedClusterAddOnSpec {
  /** Configuration objects for this cluster. They replace those of the Placement and the defaults of the same type. */
  readonly configs?: readonly AddOnConfig[];
}

/** What is known about the add-on on the cluster. */
export interface ManagedClusterAddOnStatus {
  /** How the add-on is shown to people. */
  readonly addOnMeta?: AddOnMeta;
  /** Latest observations, such as Available, Configured and Progressing. */
  readonly conditions?: readonly Condition[];
  /** The configurations in force, and how far each has come. */
  readonly configReferences?: readonly ConfigReference[];
  /** How the health of the add-on is found out. */
  readonly healthCheck?: {
    /**
     * Lease looks at the lease that the add-on agent renews. Customized leaves the condition Available to the add-on or
     * its manager.
     */
    readonly mode?: 'Lease' | 'Customized';
  };
  /**
   * Namespace for the add-on agent, its lease and its credentials, on the managed cluster or on the one that hosts the
   * agent.
   */
  readonly namespace?: string;
  /** Credentials that the add-on agent needs for the hub. The registration agent provides them. */
  readonly registrations?: readonly AddOnRegistration[];
  /** Objects that belong to the add-on and help to examine it. */
  readonly relatedObjects?: readonly RelatedObject[];
  /** Types of configuration that the add-on understands. */
  readonly supportedConfigs?: readonly ConfigGroupResource[];
}

/** A configuration and how far it has come. */
export interface ConfigReference {
  /** The configuration object that is to be in force, with its content. */
  readonly desiredConfig?: ConfigSpecHash;
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** The configuration object that was last in force everywhere, with its content. */
  readonly lastAppliedConfig?: ConfigSpecHash;
  /** Generation of the configuration object when it was last read. */
  readonly lastObservedGeneration?: number;
  /** Plural name of the configuration type. */
  readonly resource: string;
}

/** A credential that the add-on agent needs. */
export interface AddOnRegistration {
  /** A certificate of a signer. For the type customSigner. */
  readonly customSigner?: CustomSignerRegistration;
  /** Access to the hub's API server. For the type kubeClient. */
  readonly kubeClient?: KubeClientRegistration;
  /** kubeClient asks for access to the hub's API server, customSigner for a certificate of a signer. */
  readonly type: 'kubeClient' | 'customSigner';
}

/** A certificate of a signer. For the type customSigner. */
export interface CustomSignerRegistration {
  /** Signer of the certificate, for example "example.com/signer". */
  readonly signerName: string;
  /** Subject of the certificate. A user that is left out is made up from cluster and add-on. */
  readonly subject?: {
    /** Organizations. */
    readonly groups?: readonly string[];
    /** Organizational units. */
    readonly organizationUnits?: readonly string[];
    /** Common name. */
    readonly user?: string;
  };
}

/** Access to the hub's API server. For the type kubeClient. */
export interface KubeClientRegistration {
  /**
   * How the agent gets the credential: a certificate (csr) or a service account token (token). Written by the
   * registration agent.
   */
  readonly driver?: 'csr' | 'token';
  /** Whom the credential is for. What is left out is made up from cluster and add-on. */
  readonly subject?: {
    /** Groups of the user. */
    readonly groups?: readonly string[];
    /** User name. */
    readonly user?: string;
  };
}

/** An object that belongs to the add-on. */
export interface RelatedObject {
  /** API group; empty for the core group. */
  readonly group: string;
  /** Name of the object. */
  readonly name: string;
  /** Namespace; empty for cluster-scoped objects. */
  readonly namespace?: string;
  /** Plural name of the resource. */
  readonly resource: string;
}

/** A type of configuration. */
export interface ConfigGroupResource {
  /** API group of the configuration type; empty for the core group. */
  readonly group?: string;
  /** Plural name of the configuration type. */
  readonly resource: string;
}

export const ManagedClusterAddOn: Kind<ManagedClusterAddOn> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'ManagedClusterAddOn',
  plural: 'managedclusteraddons',
  namespaced: true,
};
