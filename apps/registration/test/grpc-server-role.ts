import type { PolicyRule } from '@ocm/api';

const READ = ['get', 'list', 'watch'];

/** What is added with the gate SourceSubscriptions (cloudevents-grpc 12.5): sources make works and take them away. */
export const sourceSubscriptionRules: readonly PolicyRule[] = [
  rule('work.open-cluster-management.io', ['manifestworks'], ['create', 'delete']),
];

/** What an accepted cluster may do (cloudevents-grpc 14.2), for tests without a hub controller; bound in its namespace. */
export const clusterAgentRules: readonly PolicyRule[] = [
  rule('cluster.open-cluster-management.io', ['managedclusters'], [...READ, 'update']),
  rule('cluster.open-cluster-management.io', ['managedclusters/status'], ['patch', 'update']),
  rule('certificates.k8s.io', ['certificatesigningrequests'], [...READ, 'create']),
  rule('coordination.k8s.io', ['leases'], [...READ, 'update']),
  rule('addon.open-cluster-management.io', ['managedclusteraddons'], READ),
  rule('addon.open-cluster-management.io', ['managedclusteraddons/status'], ['patch', 'update']),
  rule('events.k8s.io', ['events'], ['create', 'patch', 'update']),
  rule('work.open-cluster-management.io', ['manifestworks'], [...READ, 'update', 'patch']),
  rule('work.open-cluster-management.io', ['manifestworks/status'], ['patch', 'update']),
];

function rule(group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}
