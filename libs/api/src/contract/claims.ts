/** Names of cluster claims that have a meaning of their own; they are reported before all others (registration 12.2). */
export const reservedClaimNames: readonly string[] = [
  'id.k8s.io',
  'kubeversion.open-cluster-management.io',
  'platform.open-cluster-management.io',
  'product.open-cluster-management.io',
];
