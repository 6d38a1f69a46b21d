/** Admission webhooks: the name of the configuration object and of its only webhook, and the path that serves it. */
export const admissionWebhooks = {
  clusterMutating: {
    name: 'managedclustermutators.admission.cluster.open-cluster-management.io',
    path: '/mutate-cluster-open-cluster-management-io-v1-managedcluster',
  },
  clusterValidating: {
    name: 'managedclustervalidators.admission.cluster.open-cluster-management.io',
    path: '/validate-cluster-open-cluster-management-io-v1-managedcluster',
  },
  clusterSetBindingValidating: {
    name: 'managedclustersetbindingvalidators.admission.cluster.open-cluster-management.io',
    path: '/validate-cluster-open-cluster-management-io-v1beta2-managedclustersetbinding',
  },
  workValidating: {
    name: 'manifestworkvalidators.admission.work.open-cluster-management.io',
    path: '/validate-work-open-cluster-management-io-v1-manifestwork',
  },
} as const;

/** Served with the gate ManifestWorkReplicaSet; no webhook configuration points there. */
export const replicaSetValidatingPath = '/validate-work-open-cluster-management-io-v1alpha1-manifestworkreplicaset';
