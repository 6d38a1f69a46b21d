import type { AuditEntry } from '@ocm/testing';
import { bootstrapServiceAccount } from '@ocm/api';
import { HUB_NAMESPACE } from './hub-namespace.ts';
import type { Scene } from './scene.ts';
import type { Screen } from './screen.ts';

/** Shows who has talked to the hub's API, and that nobody of the clusters that come by gRPC has. Throws when somebody has. */
export async function showSeparation({ fleet, gateway }: Scene, screen: Screen): Promise<void> {
  if (gateway === undefined) return;
  const entries = await fleet.hub.readAudit();
  for (const cluster of fleet.clusters.keys()) {
    const count = requestsOf(entries, cluster).length;
    const isApart = gateway.clusters.includes(cluster);
    if (isApart !== (count === 0)) {
      throw new Error(
        `the agents of ${cluster} have sent ${count} requests to the hub's API, ${isApart ? 'not none' : 'none'}`,
      );
    }
    screen.say(
      `${cluster}: its agents have sent ${count} requests to the hub's API${isApart ? '; all went by gRPC' : ''}`,
    );
  }
  const bootstrap = `system:serviceaccount:${HUB_NAMESPACE}:${bootstrapServiceAccount}`;
  if (entries.some(({ user }) => user === bootstrap))
    throw new Error("the bootstrap token was used with the hub's API");
}

/** The requests that the agents of a cluster have made under its identity. */
export function requestsOf(entries: readonly AuditEntry[], cluster: string): readonly AuditEntry[] {
  return entries.filter(({ user }) => user.startsWith(`system:open-cluster-management:${cluster}:`));
}
