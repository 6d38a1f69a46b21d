import type { PolicyRule } from '@ocm/api';

const READ = ['get', 'list', 'watch'];
const CLUSTER_GROUP = 'cluster.open-cluster-management.io';

/** What the hub operator gives the placement controller (placement 17.5). */
export const placementControllerRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: [...READ, 'create', 'delete', 'update'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get'] },
  { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, 'create', 'update', 'patch'] },
  {
    apiGroups: [CLUSTER_GROUP],
    resources: [
      'managedclusters',
      'managedclustersets',
      'managedclustersetbindings',
      'addonplacementscores',
      'placements',
    ],
    verbs: READ,
  },
  {
    apiGroups: [CLUSTER_GROUP],
    resources: ['placementdecisions'],
    verbs: [...READ, 'create', 'update', 'patch', 'delete'],
  },
  {
    apiGroups: [CLUSTER_GROUP],
    resources: ['placements/status', 'placementdecisions/status'],
    verbs: ['update', 'patch'],
  },
  { apiGroups: [CLUSTER_GROUP], resources: ['placements/finalizers'], verbs: ['update'] },
];
