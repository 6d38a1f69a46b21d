import { ClusterRole, ClusterRoleBinding, grpcServerServiceAccount, type PolicyRule } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';

const READ = ['get', 'list', 'watch'];
const NAME = 'open-cluster-management:grpc-server';
const RBAC = 'rbac.authorization.k8s.io';

/** What the server that agents reach by gRPC may do on the hub (cloudevents-grpc 11.5). */
const rules: readonly PolicyRule[] = [
  rule('', ['configmaps'], READ),
  rule('', ['pods'], ['get']),
  rule('', ['events'], ['get', 'create', 'patch', 'update']),
  rule('events.k8s.io', ['events'], ['get', 'create', 'patch', 'update']),
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

/** Who the server is on the hub: its service account in this namespace. */
export function grpcServerIdentity(namespace: string): { readonly user: string; readonly groups: readonly string[] } {
  return {
    user: `system:serviceaccount:${namespace}:${grpcServerServiceAccount}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}

/** Gives the server's service account its rights. */
export async function grantGrpcServerRights(hub: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  await hub.kind(ClusterRole).create({ metadata: { name: NAME }, rules }, { signal });
  await hub.kind(ClusterRoleBinding).create(
    {
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', namespace, name: grpcServerServiceAccount }],
    },
    { signal },
  );
}

function rule(apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [apiGroup], resources, verbs };
}
