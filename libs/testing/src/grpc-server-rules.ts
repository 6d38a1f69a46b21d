import type { PolicyRule } from '@ocm/api';

const READ = ['get', 'list', 'watch'];

/** The rights that the operator gives the gRPC server (cloudevents-grpc 11.5). */
export const grpcServerRules: readonly PolicyRule[] = [
  rule('', ['configmaps'], READ),
  rule('', ['pods'], ['get']),
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['get', 'create', 'patch', 'update'] },
  rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
  rule('authentication.k8s.io', ['tokenreviews'], ['create']),
  rule('', ['serviceaccounts/token'], ['create']),
  rule('certificates.k8s.io', ['certificatesigningrequests'], [...READ, 'create']),
  rule('coordination.k8s.io', ['leases'], [...READ, 'create', 'update', 'patch']),
  rule('addon.open-cluster-management.io', ['managedclusteraddons'], READ),
  rule('addon.open-cluster-management.io', ['managedclusteraddons/status'], ['patch', 'update']),
  rule('cluster.open-cluster-management.io', ['managedclusters'], [...READ, 'create', 'update', 'patch']),
  rule('cluster.open-cluster-management.io', ['managedclusters/status'], ['update', 'patch']),
  rule('cluster.open-cluster-management.io', ['managedclustersets/join'], ['create']),
  rule('work.open-cluster-management.io', ['manifestworks'], [...READ, 'patch']),
  rule('work.open-cluster-management.io', ['manifestworks/status'], ['patch', 'update']),
];

function rule(group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}
