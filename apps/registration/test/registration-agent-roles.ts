import type { PolicyRule } from '@ocm/api';

// The rights of the packaged roles, so that tests find a right that is missing.

/** Of the agent's service account in its namespace on the management cluster (registration 26). */
export const agentNamespaceRules: readonly PolicyRule[] = [
  rule('', ['configmaps', 'secrets'], ['get', 'list', 'watch', 'create', 'delete', 'update', 'patch']),
  rule('', ['pods'], ['get']),
  rule('apps', ['replicasets'], ['get']),
  rule('coordination.k8s.io', ['leases'], ['create', 'get', 'list', 'update', 'watch', 'patch']),
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
];

/** Of the agent's service account on the managed cluster (registration 26). */
export const agentClusterRules: readonly PolicyRule[] = [
  rule('', ['nodes'], ['get', 'list', 'watch']),
  rule('', ['namespaces'], ['create', 'get', 'list', 'update', 'watch', 'patch']),
  rule('cluster.open-cluster-management.io', ['clusterclaims'], ['get', 'list', 'watch']),
  rule('about.k8s.io', ['clusterproperties'], ['get', 'list', 'watch']),
];

/** Of the agent's service account on the managed cluster, and on the one it runs on, for add-ons (registration 26). */
export const agentAddOnRules: readonly PolicyRule[] = [
  rule('', ['secrets'], ['get', 'list', 'watch', 'create', 'delete', 'update', 'patch']),
  rule('coordination.k8s.io', ['leases'], ['create', 'get', 'list', 'update', 'watch', 'patch']),
];

/** Of the bootstrap identity on the hub (registration 3). */
export const bootstrapRules: readonly PolicyRule[] = [
  rule('', ['configmaps'], ['get']),
  rule('certificates.k8s.io', ['certificatesigningrequests'], ['create', 'get', 'list', 'watch']),
  rule('cluster.open-cluster-management.io', ['managedclusters'], ['get', 'create', 'list', 'watch']),
  rule('cluster.open-cluster-management.io', ['managedclustersets/join'], ['create']),
];

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs };
}
