/**
 * Resources that exist in permission checks only: there is no API behind them. Each is what a SubjectAccessReview asks, without the
 * object's name.
 */
export const virtualResources = {
  /** Somebody sets `spec.hubAcceptsClient` of a ManagedCluster. Name: the cluster. */
  acceptCluster: {
    group: 'register.open-cluster-management.io',
    resource: 'managedclusters',
    subresource: 'accept',
    verb: 'update',
  },
  /** An agent renews its certificate. Without a name. */
  renewCertificate: {
    group: 'register.open-cluster-management.io',
    resource: 'managedclusters',
    subresource: 'clientcertificates',
    verb: 'renew',
  },
  /** A cluster enters or leaves a set by its label. Name: the set. */
  joinClusterSet: {
    group: 'cluster.open-cluster-management.io',
    resource: 'managedclustersets',
    subresource: 'join',
    verb: 'create',
  },
  /** A ManagedClusterSetBinding is created. Name: the set. */
  bindClusterSet: {
    group: 'cluster.open-cluster-management.io',
    resource: 'managedclustersets',
    subresource: 'bind',
    verb: 'create',
  },
  /** A ManifestWork names an executor. Name: `system:serviceaccount:<namespace>:<name>`. */
  executeAs: { group: 'work.open-cluster-management.io', resource: 'manifestworks', verb: 'execute-as' },
  /** An agent subscribes to tokens over gRPC. */
  subscribeToTokens: { group: '', resource: 'serviceaccounts', subresource: 'token', verb: 'subscribe' },
} as const;
