import {
  clusterRoleName,
  isDeleting,
  type KubeObject,
  registrationRoleBindingName,
  workRoleBindingName,
} from '@ocm/api';
import type { HubContext } from '../hub-context.ts';
import { deleteRbac, removeRbac } from '../rbac/apply-rbac.ts';

type RevokeContext = Pick<HubContext, 'clusterRoles' | 'clusterRoleBindings' | 'roleBindings' | 'works'>;

export type Revocation =
  | { readonly kind: 'revoked' }
  /** The work binding is being deleted and stays effective until the last ManifestWork of the cluster is gone. */
  | { readonly kind: 'waits-for-works' };

/** Takes the permissions inside the cluster namespace away (registration 8.3). */
export async function revokeRoleBindings(
  context: RevokeContext,
  cluster: string,
  signal: AbortSignal,
): Promise<Revocation> {
  const { roleBindings, works } = context;
  const registration = { namespace: cluster, name: registrationRoleBindingName(cluster) };
  const work = { namespace: cluster, name: workRoleBindingName(cluster) };
  if (mayExist(context, cluster, roleBindings.cache.get(registration))) {
    await deleteRbac(roleBindings.live, registration, signal);
  }
  const binding = await roleBindings.live.find(work, { signal });
  if (binding === undefined) return { kind: 'revoked' };
  if (!isDeleting(binding)) await deleteRbac(roleBindings.live, work, signal);
  if (await hasWorks({ works }, cluster, signal)) return { kind: 'waits-for-works' };
  await removeRbac(roleBindings.live, work, signal);
  return { kind: 'revoked' };
}

/** Takes all permissions of a cluster away, those that are cluster-wide at once. */
export async function revokeEverything(
  context: RevokeContext,
  cluster: string,
  signal: AbortSignal,
): Promise<Revocation> {
  const { clusterRoles, clusterRoleBindings } = context;
  const name = clusterRoleName(cluster);
  if (mayExist(context, cluster, clusterRoles.cache.get(name))) await deleteRbac(clusterRoles.live, name, signal);
  if (mayExist(context, cluster, clusterRoleBindings.cache.get(name))) {
    await deleteRbac(clusterRoleBindings.live, name, signal);
  }
  return revokeRoleBindings(context, cluster, signal);
}

/**
 * Whether to ask for the deletion of something, given what its cache has. At first in any case: an object without its label is not cached. The
 * work binding goes last, so once it is going this has been done, and the rounds that wait for the works need not do it again.
 */
function mayExist({ roleBindings }: RevokeContext, cluster: string, cached: KubeObject | undefined): boolean {
  const work = roleBindings.cache.get({ namespace: cluster, name: workRoleBindingName(cluster) });
  return cached !== undefined || work === undefined || !isDeleting(work);
}

async function hasWorks(
  { works }: Pick<RevokeContext, 'works'>,
  cluster: string,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const { items } of works.list({ namespace: cluster, limit: 1, signal })) {
    if (items.length > 0) return true;
  }
  return false;
}
