import type { Kind } from '../kind.ts';
import type { ConditionStatus, KubeObject, Timestamp } from '../meta.ts';

/** apiextensions.k8s.io/v1 CustomResourceDefinition; schemas stay opaque. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly names: {
      readonly kind: string;
      readonly listKind?: string;
      readonly plural: string;
      readonly singular?: string;
      readonly shortNames?: readonly string[];
      readonly categories?: readonly string[];
    };
    readonly versions: readonly CustomResourceDefinitionVersion[];
    readonly conversion?: CustomResourceConversion;
  };
  readonly status?: {
    readonly storedVersions?: readonly string[];
    readonly conditions?: readonly CustomResourceDefinitionCondition[];
  };
}

/** One version; exactly one of a definition is the storage version. */
export interface CustomResourceDefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly schema?: { readonly openAPIV3Schema?: object };
  readonly subresources?: object;
  readonly additionalPrinterColumns?: readonly object[];
  readonly selectableFields?: readonly object[];
}

/** How the API server turns objects of one version into another. */
export interface CustomResourceConversion {
  readonly strategy: 'None' | 'Webhook';
  readonly webhook?: {
    readonly conversionReviewVersions: readonly string[];
    /** Either a service of the cluster or a URL. */
    readonly clientConfig?: {
      readonly url?: string;
      readonly service?: {
        readonly namespace: string;
        readonly name: string;
        readonly path?: string;
        readonly port?: number;
      };
      /** PEM text in base64. */
      readonly caBundle?: string;
    };
  };
}

/** An observation; `Established` True means that the kind is served. */
export interface CustomResourceDefinitionCondition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: Timestamp;
}

export const CustomResourceDefinition: Kind<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
};
