import { managedClustersGroup, parseClusterUser } from '@ocm/api';
import type { Caller } from '../event-service.ts';

const GROUP_PREFIXES = ['system:open-cluster-management:', 'open-cluster-management:'];

/**
 * Whether a caller may speak for a cluster at all. Whoever is a cluster, by user name or group, speaks for no other one: its permissions alone
 * do not say so, because those on certificate requests hold for the whole hub. Whoever is no cluster is a matter of permissions.
 */
export function speaksFor({ user, groups }: Caller, clusterName: string): boolean {
  const clusters = [parseClusterUser(user)?.cluster, ...groups.map(clusterOfGroup)].filter(
    (name) => name !== undefined,
  );
  return clusters.length === 0 || clusters.includes(clusterName);
}

/** The cluster of a group of agents, or of an add-on's agents there. */
function clusterOfGroup(group: string): string | undefined {
  if (group === managedClustersGroup) return undefined;
  const prefix = GROUP_PREFIXES.find((each) => group.startsWith(each));
  if (prefix === undefined) return undefined;
  const [first, cluster, kind] = group.slice(prefix.length).split(':');
  if (cluster === undefined) return first;
  return first === 'cluster' && kind === 'addon' ? cluster : undefined;
}
