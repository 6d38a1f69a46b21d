/** ClusterRoles that the bindings of all clusters refer to (registration 8.4). */
export const commonClusterRoles = {
  registration: 'open-cluster-management:managedcluster:registration',
  work: 'open-cluster-management:managedcluster:work',
} as const;

/** Name of the ClusterRole of a cluster and of its ClusterRoleBinding. */
export function clusterRoleName(cluster: string): string {
  return `open-cluster-management:managedcluster:${cluster}`;
}

/** Name of the RoleBinding in the cluster namespace for the registration agent. */
export function registrationRoleBindingName(cluster: string): string {
  return `open-cluster-management:managedcluster:${cluster}:registration`;
}

/** Name of the RoleBinding in the cluster namespace for the work agent. */
export function workRoleBindingName(cluster: string): string {
  return `open-cluster-management:managedcluster:${cluster}:work`;
}
