import { clusterRoleName, registrationRoleBindingName, workRoleBindingName } from '@ocm/api';
import type { HubContext } from '../hub-context.ts';
import { isDeniedRole } from '../rbac/slim-rbac.ts';
import type { PermissionState } from './decide-acceptance.ts';

type PermissionCaches = Pick<HubContext, 'clusterRoles' | 'clusterRoleBindings' | 'roleBindings'>;

/** Which permission objects of a cluster the caches have. */
export function permissionState(
  { clusterRoles, clusterRoleBindings, roleBindings }: PermissionCaches,
  cluster: string,
): PermissionState {
  const role = clusterRoles.cache.get(clusterRoleName(cluster));
  const hasRoleBinding = [registrationRoleBindingName(cluster), workRoleBindingName(cluster)].some(
    (name) => roleBindings.cache.get({ namespace: cluster, name }) !== undefined,
  );
  if (hasRoleBinding || (role !== undefined && !isDeniedRole(role))) return 'granting';
  const hasAny = role !== undefined || clusterRoleBindings.cache.get(clusterRoleName(cluster)) !== undefined;
  return hasAny ? 'reduced' : 'none';
}
