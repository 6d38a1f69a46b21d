// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { AddOnConfig, AddOnMeta, ConfigSpecHash } from './cluster-management-add-on.ts';

export interface ManagedClusterAddOn extends KubeObject {
  readonly spec: ManagedClusterAddOnSpec;
  readonly status?: ManagedClusterAddOnStatus;
}

export interface ManagedClusterAddOnSpec {
  readonly configs?: readonly AddOnConfig[];
}

export interface ManagedClusterAddOnStatus {
  readonly addOnMeta?: AddOnMeta;
  readonly conditions?: readonly Condition[];
  readonly configReferences?: readonly ConfigReference[];
  readonly healthCheck?: {
    readonly mode?: 'Lease' | 'Customized';
  };
  readonly namespace?: string;
  readonly registrations?: readonly AddOnRegistration[];
  readonly relatedObjects?: readonly RelatedObject[];
  readonly supportedConfigs?: readonly ConfigGroupResource[];
}

export interface ConfigReference {
  readonly desiredConfig?: ConfigSpecHash;
  readonly group?: string;
  readonly lastAppliedConfig?: ConfigSpecHash;
  readonly lastObservedGeneration?: number;
  readonly resource: string;
}

export interface AddOnRegistration {
  readonly customSigner?: CustomSignerRegistration;
  readonly kubeClient?: KubeClientRegistration;
  readonly type: 'kubeClient' | 'customSigner';
}

export interface CustomSignerRegistration {
  readonly signerName: string;
  readonly subject?: {
    readonly groups?: readonly string[];
    readonly organizationUnits?: readonly string[];
    readonly user?: string;
  };
}

export interface KubeClientRegistration {
  readonly driver?: 'csr' | 'token';
  readonly subject?: {
    readonly groups?: readonly string[];
    readonly user?: string;
  };
}

export interface RelatedObject {
  readonly group: string;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
}

export interface ConfigGroupResource {
  readonly group?: string;
  readonly resource: string;
}

export const ManagedClusterAddOn: Kind<ManagedClusterAddOn> = {
  group: 'addon.open-cluster-management.io',
  version: 'v1beta1',
  kind: 'ManagedClusterAddOn',
  plural: 'managedclusteraddons',
  namespaced: true,
};
