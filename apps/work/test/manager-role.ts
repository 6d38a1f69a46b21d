import type { PolicyRule } from '@ocm/api';

const READ = ['get', 'list', 'watch'];
const WORK_GROUP = 'work.open-cluster-management.io';

/** What the hub operator gives the work manager (work 17.2), so that tests find a right that is missing. */
export const workManagerRules: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: READ },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get'] },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, 'create', 'update', 'patch'] },
  {
    apiGroups: [WORK_GROUP],
    resources: ['manifestworks'],
    verbs: [...READ, 'create', 'update', 'patch', 'delete', 'deletecollection', 'execute-as'],
  },
  { apiGroups: [WORK_GROUP], resources: ['manifestworkreplicasets'], verbs: [...READ, 'update', 'patch'] },
  { apiGroups: [WORK_GROUP], resources: ['manifestworkreplicasets/status'], verbs: ['update', 'patch'] },
  { apiGroups: [WORK_GROUP], resources: ['manifestworkreplicasets/finalizers'], verbs: ['update'] },
  {
    apiGroups: ['cluster.open-cluster-management.io'],
    resources: ['placements', 'placementdecisions'],
    verbs: READ,
  },
];
