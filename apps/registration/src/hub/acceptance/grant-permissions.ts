import { clusterRoleName, registrationRoleBindingName, workRoleBindingName } from '@ocm/api';
import { isKubeError } from '@ocm/kube';
import { applyCommonRoles } from '../common-roles/common-cluster-roles-controller.ts';
import type { HubContext } from '../hub-context.ts';
import { applyRbac } from '../rbac/apply-rbac.ts';
import {
  clusterLabels,
  clusterRole,
  clusterRoleBinding,
  type ClusterRoleExtent,
  registrationRoleBinding,
  workRoleBinding,
} from './cluster-rbac.ts';

type GrantContext = Pick<
  HubContext,
  'namespaces' | 'clusterRoles' | 'clusterRoleBindings' | 'roleBindings' | 'settings'
>;

/** A write that stands on its own: when it fails, the others are still tried. */
export type GrantStep = (signal: AbortSignal) => Promise<void>;

/** Creates the namespace of a cluster, or completes its labels. */
export async function applyNamespace(
  { namespaces, settings }: GrantContext,
  cluster: string,
  signal: AbortSignal,
): Promise<void> {
  const wanted = clusterLabels(cluster, settings.extraLabels);
  const cached = namespaces.cache.get(cluster);
  if (hasLabels(cached?.metadata.labels, wanted)) return;
  const metadata = { name: cluster, labels: wanted };
  // One that is not cached is as a rule not there, or it lacks the label without which it is not cached.
  if (cached === undefined && (await isCreated(namespaces.live.create({ metadata }, { signal })))) return;
  const present = await namespaces.live.get(cluster, { signal });
  if (hasLabels(present.metadata.labels, wanted)) return;
  const labels = { ...present.metadata.labels, ...wanted };
  // The packaged role may update namespaces, but not patch them.
  await namespaces.live.replace({ ...present, metadata: { ...present.metadata, labels } }, { signal });
}

/** Whether the creation made it; not when it is there already. */
async function isCreated(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (!isKubeError(error, 'exists')) throw error;
    return false;
  }
}

/** All permissions of an accepted cluster, in the order in which they are written (registration 8.2). */
export function grantSteps(context: GrantContext, cluster: string): readonly GrantStep[] {
  const { roleBindings, settings } = context;
  const roleBinding = (name: string) => roleBindings.cache.get({ namespace: cluster, name });
  const registration = registrationRoleBinding(cluster, settings.extraLabels);
  const work = workRoleBinding(cluster, settings.extraLabels);
  return [
    // A role binding to a role that does not exist yet is refused, so this cannot be left to the controller of the common roles.
    (signal) => applyCommonRoles(context, signal),
    ...clusterRoleSteps(context, cluster, 'accepted'),
    (signal) =>
      applyRbac(
        roleBindings,
        { present: roleBinding(registrationRoleBindingName(cluster)), wanted: registration },
        signal,
      ),
    (signal) => applyRbac(roleBindings, { present: roleBinding(workRoleBindingName(cluster)), wanted: work }, signal),
  ];
}

/** The ClusterRole of a cluster and its binding. */
export function clusterRoleSteps(
  { clusterRoles, clusterRoleBindings, settings }: GrantContext,
  cluster: string,
  extent: ClusterRoleExtent,
): readonly GrantStep[] {
  const name = clusterRoleName(cluster);
  const role = clusterRole(cluster, extent, settings.extraLabels);
  const binding = clusterRoleBinding(cluster, settings.extraLabels);
  return [
    (signal) => applyRbac(clusterRoles, { present: clusterRoles.cache.get(name), wanted: role }, signal),
    (signal) =>
      applyRbac(clusterRoleBindings, { present: clusterRoleBindings.cache.get(name), wanted: binding }, signal),
  ];
}

function hasLabels(present: Readonly<Record<string, string>> = {}, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => present[key] === value);
}
