import type { Kind } from '../kind.ts';
import type { KubeObject, LabelSelector } from '../meta.ts';

/** How the API server reaches a webhook: a URL, or a Service of the cluster. */
export interface WebhookClientConfig {
  readonly url?: string;
  readonly service?: {
    readonly namespace: string;
    readonly name: string;
    readonly path?: string;
    readonly port?: number;
  };
  /** Certificates in PEM, base64, that the webhook's certificate is checked against. */
  readonly caBundle?: string;
}

/** One webhook of a configuration. */
export interface AdmissionWebhook {
  readonly name: string;
  readonly clientConfig: WebhookClientConfig;
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly string[];
    readonly scope?: string;
  }[];
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly sideEffects: 'None' | 'NoneOnDryRun';
  readonly timeoutSeconds?: number;
  readonly admissionReviewVersions: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration: webhooks that may refuse requests. */
export interface ValidatingWebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly AdmissionWebhook[];
}

export const ValidatingWebhookConfiguration: Kind<ValidatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  namespaced: false,
};

/** admissionregistration.k8s.io/v1 MutatingWebhookConfiguration: webhooks that may change what is written, or refuse it. */
export interface MutatingWebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly AdmissionWebhook[];
}

export const MutatingWebhookConfiguration: Kind<MutatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  namespaced: false,
};
