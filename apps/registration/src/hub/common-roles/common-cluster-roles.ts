import { type ClusterRole, commonClusterRoles, labels } from '@ocm/api';
import type { ExtraLabels } from '../acceptance/cluster-rbac.ts';

/** The ClusterRoles that the role bindings of all clusters refer to (registration 8.4). */
export function wantedCommonRoles(extra: ExtraLabels): readonly ClusterRole[] {
  // Labelled so that the cache sees them; empty because they belong to no single cluster.
  const marked = { ...extra, [labels.clusterName]: '' };
  return [
    {
      metadata: { name: commonClusterRoles.registration, labels: marked },
      rules: [
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'watch', 'update'] },
        {
          apiGroups: ['addon.open-cluster-management.io'],
          resources: ['managedclusteraddons'],
          verbs: ['get', 'list', 'watch'],
        },
        {
          apiGroups: ['addon.open-cluster-management.io'],
          resources: ['managedclusteraddons/status'],
          verbs: ['patch', 'update'],
        },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
      ],
    },
    {
      metadata: { name: commonClusterRoles.work, labels: marked },
      rules: [
        { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
        {
          apiGroups: ['work.open-cluster-management.io'],
          resources: ['manifestworks'],
          verbs: ['get', 'list', 'watch', 'update', 'patch'],
        },
        {
          apiGroups: ['work.open-cluster-management.io'],
          resources: ['manifestworks/status'],
          verbs: ['patch', 'update'],
        },
      ],
    },
  ];
}
