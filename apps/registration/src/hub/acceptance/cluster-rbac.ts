import {
  boundClusterGroups,
  type ClusterRole,
  type ClusterRoleBinding,
  clusterRoleName,
  commonClusterRoles,
  finalizers,
  labels,
  type PolicyRule,
  registrationRoleBindingName,
  type RoleBinding,
  type RoleRef,
  type Subject,
  workRoleBindingName,
} from '@ocm/api';

/** Labels of the flag `--labels`, which every object of a cluster carries. */
export type ExtraLabels = Readonly<Record<string, string>>;

/** The cluster-wide permissions of an agent: all of them once the cluster is accepted, a look at its own ManagedCluster after a denial. */
export type ClusterRoleExtent = 'accepted' | 'denied';

const API_GROUP = 'rbac.authorization.k8s.io';

/** The rules of the ClusterRole of a cluster (registration 8.4). */
export function clusterRoleRules(cluster: string, extent: ClusterRoleExtent): readonly PolicyRule[] {
  const ownCluster = {
    apiGroups: ['cluster.open-cluster-management.io'],
    resources: ['managedclusters'],
    resourceNames: [cluster],
  };
  if (extent === 'denied') return [{ ...ownCluster, verbs: ['get', 'list', 'watch'] }];
  return [
    {
      apiGroups: ['certificates.k8s.io'],
      resources: ['certificatesigningrequests'],
      verbs: ['create', 'get', 'list', 'watch'],
    },
    {
      apiGroups: ['register.open-cluster-management.io'],
      resources: ['managedclusters/clientcertificates'],
      verbs: ['renew'],
    },
    { ...ownCluster, verbs: ['get', 'list', 'update', 'watch'] },
    { ...ownCluster, resources: ['managedclusters/status'], verbs: ['patch', 'update'] },
  ];
}

export function clusterRole(cluster: string, extent: ClusterRoleExtent, extra: ExtraLabels): ClusterRole {
  return {
    metadata: { name: clusterRoleName(cluster), labels: clusterLabels(cluster, extra) },
    rules: clusterRoleRules(cluster, extent),
  };
}

export function clusterRoleBinding(cluster: string, extra: ExtraLabels): ClusterRoleBinding {
  const name = clusterRoleName(cluster);
  return {
    metadata: { name, labels: clusterLabels(cluster, extra) },
    roleRef: toClusterRole(name),
    subjects: clusterSubjects(cluster),
  };
}

export function registrationRoleBinding(cluster: string, extra: ExtraLabels): RoleBinding {
  return {
    metadata: {
      namespace: cluster,
      name: registrationRoleBindingName(cluster),
      labels: clusterLabels(cluster, extra),
    },
    roleRef: toClusterRole(commonClusterRoles.registration),
    subjects: clusterSubjects(cluster),
  };
}

/** Its finalizer keeps the work agent's permissions until the last ManifestWork of the cluster is gone. */
export function workRoleBinding(cluster: string, extra: ExtraLabels): RoleBinding {
  return {
    metadata: {
      namespace: cluster,
      name: workRoleBindingName(cluster),
      labels: clusterLabels(cluster, extra),
      finalizers: [finalizers.workRoleBinding],
    },
    roleRef: toClusterRole(commonClusterRoles.work),
    subjects: clusterSubjects(cluster),
  };
}

/** Labels of the namespace and of every permission object of a cluster. */
export function clusterLabels(cluster: string, extra: ExtraLabels): Readonly<Record<string, string>> {
  return { ...extra, [labels.clusterName]: cluster };
}

export function toClusterRole(name: string): RoleRef {
  return { apiGroup: API_GROUP, kind: 'ClusterRole', name };
}

export function clusterSubjects(cluster: string): readonly Subject[] {
  return boundClusterGroups(cluster).map((name) => ({ kind: 'Group', apiGroup: API_GROUP, name }));
}
