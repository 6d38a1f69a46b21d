import { ClusterRole, ClusterRoleBinding } from '@ocm/api';
import type { KubeClient } from '@ocm/kube';

/** Group of the identities that may ask to join (registration 3). */
export const BOOTSTRAP_GROUP = 'system:bootstrappers:managedcluster';

/** What such an identity may do. */
export const BOOTSTRAP_ROLE = 'open-cluster-management:bootstrap';
const BINDING_NAME = 'open-cluster-management:bootstrap:managedcluster';
const RBAC = 'rbac.authorization.k8s.io';
const READ = ['create', 'get', 'list', 'watch'];

/** Gives the group the least rights with which an agent can bootstrap. */
export async function grantBootstrapRights(hub: KubeClient, signal: AbortSignal): Promise<void> {
  await hub.kind(ClusterRole).create(
    {
      metadata: { name: BOOTSTRAP_ROLE },
      rules: [
        { apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: READ },
        { apiGroups: ['cluster.open-cluster-management.io'], resources: ['managedclusters'], verbs: READ },
        {
          apiGroups: ['cluster.open-cluster-management.io'],
          resources: ['managedclustersets/join'],
          verbs: ['create'],
        },
        { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
      ],
    },
    { signal },
  );
  await hub.kind(ClusterRoleBinding).create(
    {
      metadata: { name: BINDING_NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: BOOTSTRAP_ROLE },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: BOOTSTRAP_GROUP }],
    },
    { signal },
  );
}
