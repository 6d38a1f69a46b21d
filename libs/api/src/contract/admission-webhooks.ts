import type { AdmissionWebhook, WebhookClientConfig } from '../core/webhook-configuration.ts';
import { ManagedClusterSetBinding } from '../generated/managed-cluster-set-binding.ts';
import { ManagedCluster } from '../generated/managed-cluster.ts';
import { ManifestWork } from '../generated/manifest-work.ts';
import type { Kind } from '../kind.ts';

/** Facts of one admission webhook: the name of the configuration object and of its only webhook, the path that serves it, what it sees. */
export interface AdmissionWebhookContract {
  readonly name: string;
  readonly path: string;
  readonly kind: Pick<Kind, 'group' | 'plural'>;
  readonly versions: readonly string[];
}

/** Admission webhooks of the hub (registration 22, work 15.1). */
export const admissionWebhooks = {
  clusterMutating: {
    name: 'managedclustermutators.admission.cluster.open-cluster-management.io',
    path: '/mutate-cluster-open-cluster-management-io-v1-managedcluster',
    kind: ManagedCluster,
    versions: ['*'],
  },
  clusterValidating: {
    name: 'managedclustervalidators.admission.cluster.open-cluster-management.io',
    path: '/validate-cluster-open-cluster-management-io-v1-managedcluster',
    kind: ManagedCluster,
    versions: ['*'],
  },
  clusterSetBindingValidating: {
    name: 'managedclustersetbindingvalidators.admission.cluster.open-cluster-management.io',
    path: '/validate-cluster-open-cluster-management-io-v1beta2-managedclustersetbinding',
    kind: ManagedClusterSetBinding,
    versions: ['v1beta2'],
  },
  workValidating: {
    name: 'manifestworkvalidators.admission.work.open-cluster-management.io',
    path: '/validate-work-open-cluster-management-io-v1-manifestwork',
    kind: ManifestWork,
    versions: ['*'],
  },
} as const satisfies Readonly<Record<string, AdmissionWebhookContract>>;

/** Served with the gate ManifestWorkReplicaSet; no webhook configuration points there. */
export const replicaSetValidatingPath = '/validate-work-open-cluster-management-io-v1alpha1-manifestworkreplicaset';

/**
 * The only webhook of a configuration object: every create and update waits for it, and fails when it does not answer within 10 s. Status
 * writes and deletions do not ask it.
 */
export function admissionWebhook(
  { name, kind, versions }: AdmissionWebhookContract,
  clientConfig: WebhookClientConfig,
): AdmissionWebhook {
  return {
    name,
    clientConfig,
    rules: [
      {
        apiGroups: [kind.group],
        apiVersions: versions,
        resources: [kind.plural],
        operations: ['CREATE', 'UPDATE'],
      },
    ],
    failurePolicy: 'Fail',
    sideEffects: 'None',
    timeoutSeconds: 10,
    admissionReviewVersions: ['v1beta1', 'v1'],
  };
}
