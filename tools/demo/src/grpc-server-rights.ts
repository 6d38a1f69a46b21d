import { ClusterRole, ClusterRoleBinding, grpcServerServiceAccount } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';
import { grpcServerRules } from '@ocm/testing';

const NAME = 'open-cluster-management:grpc-server';
const RBAC = 'rbac.authorization.k8s.io';

/** Who the server is on the hub: its service account in this namespace. */
export function grpcServerIdentity(namespace: string): { readonly user: string; readonly groups: readonly string[] } {
  return {
    user: `system:serviceaccount:${namespace}:${grpcServerServiceAccount}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}

/** Gives the server's service account its rights. */
export async function grantGrpcServerRights(hub: KubeClient, namespace: string, signal: AbortSignal): Promise<void> {
  await hub.kind(ClusterRole).create({ metadata: { name: NAME }, rules: grpcServerRules }, { signal });
  await hub.kind(ClusterRoleBinding).create(
    {
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', namespace, name: grpcServerServiceAccount }],
    },
    { signal },
  );
}
