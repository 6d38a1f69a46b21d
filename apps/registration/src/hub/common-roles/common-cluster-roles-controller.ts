import { commonClusterRoles, type ClusterRole } from '@ocm/api';
import { type Controller, defineController, done, type ObjectEvent } from '@ocm/kube';
import type { HubContext } from '../hub-context.ts';
import { applyRbac, deleteRbac } from '../rbac/apply-rbac.ts';
import { wantedCommonRoles } from './common-cluster-roles.ts';

type CommonRolesContext = Pick<HubContext, 'clusters' | 'clusterRoles' | 'settings'>;

const KEY = 'common-cluster-roles';
const NAMES: readonly string[] = Object.values(commonClusterRoles);

/** Keeps the common ClusterRoles while any ManagedCluster exists, in whatever state. */
export function commonClusterRolesController(context: CommonRolesContext): Controller {
  const { clusters, clusterRoles } = context;
  return defineController({
    name: 'ManagedClusterClusterRoleController',
    watches: [
      clusters.cache.events(({ type }) => (type === 'updated' ? undefined : KEY)),
      clusterRoles.cache.events(whenCommonRole),
    ],
    async reconcile(_key, signal) {
      if (clusters.cache.size > 0) await applyCommonRoles(context, signal);
      else if (!(await anyClusterExists(context, signal))) await deleteCommonRoles(context, signal);
      return done();
    },
  });
}

/** Writes the common ClusterRoles where they are missing or differ; sends nothing when all is well. */
export async function applyCommonRoles(
  { clusterRoles, settings }: Omit<CommonRolesContext, 'clusters'>,
  signal: AbortSignal,
): Promise<void> {
  for (const wanted of wantedCommonRoles(settings.extraLabels)) {
    const present = clusterRoles.cache.get(wanted.metadata.name);
    await applyRbac(clusterRoles, { present, wanted }, signal);
  }
}

async function deleteCommonRoles({ clusterRoles }: CommonRolesContext, signal: AbortSignal): Promise<void> {
  for (const name of NAMES) {
    if (clusterRoles.cache.get(name) !== undefined) await deleteRbac(clusterRoles.live, name, signal);
  }
}

async function anyClusterExists({ clusters }: CommonRolesContext, signal: AbortSignal): Promise<boolean> {
  for await (const { items } of clusters.live.metadata().list({ limit: 1, signal })) {
    if (items.length > 0) return true;
  }
  return false;
}

function whenCommonRole({ object }: ObjectEvent<ClusterRole>): string | undefined {
  return NAMES.includes(object.metadata.name) ? KEY : undefined;
}
