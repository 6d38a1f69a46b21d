// Generated from the CRDs by `npm run generate`; do not edit.
import type { Kind } from '../kind.ts';
import type { Condition, KubeObject } from '../meta.ts';
import type { AddOnConfig, AddOnMeta, ConfigSpecHash } from './cluster-management-add-on.ts';
import type { ConfigGroupResource, RelatedObject } from './managed-cluster-add-on.ts';

export interface ManagedClusterAddOnV1alpha1 extends KubeObject {
  readonly spec: ManagedClusterAddOnV1alpha1Spec;
  readonly status?: ManagedClusterAddOnV1alpha1Status;
}

export interface ManagedClusterAddOnV1alpha1Spec {
  readonly configs?: readonly AddOnConfig[];
  readonly installNamespace?: string;
}

export interface ManagedClusterAddOnV1alpha1Status {
  readonly addOnConfiguration?: {
    readonly crName?: string;
    readonly crdName?: string;
    readonly lastObservedGeneration?: number;
  };
  readonly addOnMeta?: AddOnMeta;
  readonly conditions?: readonly Condition[];
  readonly configReferences?: readonly ConfigReferenceV1alpha1[];
  readonly healthCheck?: {
    readonly mode?: 'Lease' | 'Customized';
  };
  readonly kubeClientDriver?: 'csr' | 'token';
  readonly namespace?: string;
  readonly registrations?: readonly AddOnRegistrationV1alpha1[];
  readonly relatedObjects?: readonly RelatedObject[];
  readonly supportedConfigs?: readonly ConfigGroupResource[];
}

export interface ConfigReferenceV1alpha1 {
  readonly desiredConfig?: ConfigSpecHash;
  readonly group?: string;
  readonly lastAppliedConfig?: ConfigSpecHash;
  readonly lastObservedGeneration?: number;
  readonly name: string;
  readonly namespace?: string;
  readonly resource: string;
}

export interface AddOnRegistrationV1alpha1 {
  readonly signerName: string;
  readonly subject?: {
    readonly groups?: readonly string[];
    readonly organizationUnit?: readonly string[];
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
