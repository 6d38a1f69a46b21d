const USER_PREFIX = 'system:open-cluster-management:';

/** Group of all cluster agents. */
export const managedClustersGroup = 'system:open-cluster-management:managed-clusters';

/** The two names in the user of a cluster agent. */
export interface ClusterAgent {
  readonly cluster: string;
  readonly agent: string;
}

/** User of a cluster agent, and common name of its certificate (registration 4). */
export function clusterUser({ cluster, agent }: ClusterAgent): string {
  return `${USER_PREFIX}${cluster}:${agent}`;
}

/**
 * The names in a user or common name; `undefined` unless the prefix is followed by exactly two non-empty parts (registration 7).
 */
export function parseClusterUser(user: string): ClusterAgent | undefined {
  if (!user.startsWith(USER_PREFIX)) return undefined;
  const [cluster, agent, ...rest] = user.slice(USER_PREFIX.length).split(':');
  return cluster && agent && rest.length === 0 ? { cluster, agent } : undefined;
}

/** Group of the agents of one cluster, which their certificates carry beside `managedClustersGroup`. */
export function clusterGroup(cluster: string): string {
  return `${USER_PREFIX}${cluster}`;
}

/** The groups that the hub binds permissions of a cluster to: the second is for identity systems that forbid `system:` (registration 2.5). */
export function boundClusterGroups(cluster: string): readonly [string, string] {
  return [clusterGroup(cluster), `open-cluster-management:${cluster}`];
}

/** The cluster that a group is one of `boundClusterGroups` of; `undefined` for any other group, also for that of all agents. */
export function parseClusterGroup(group: string): string | undefined {
  if (group === managedClustersGroup) return undefined;
  return /^(?:system:)?open-cluster-management:([^:]+)$/.exec(group)?.[1];
}
