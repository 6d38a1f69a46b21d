import { clusterConditions, isConditionTrue, ManagedCluster } from '@ocm/api';
import type { EventClient } from '@ocm/cloudevents';
import type { Clock } from '@ocm/kube';
import type { BootstrapHub, JoinedHub } from '../registration-driver.ts';

/** Longer than a server takes that is there, and short enough for whoever wants to end the agent. */
const PATIENCE_MS = 2000;

type Client = Pick<EventClient, 'kind' | 'waitForSync'>;

/**
 * The clusters as the bootstrap identity has them. Who looks for one waits a moment for the hub to tell what there is: after an error it would be
 * looked for later and later.
 */
export function firstClusters(client: Client, clock: Pick<Clock, 'schedule'>): BootstrapHub['clusters'] {
  const clusters = client.kind(ManagedCluster);
  return {
    async find(ref, options) {
      await syncWithin(PATIENCE_MS, { client, clock, signal: options.signal });
      return clusters.find(ref, options);
    },
    create: (cluster, options) => clusters.create(cluster, options),
    replace: (cluster, options) => clusters.replace(cluster, options),
  };
}

/**
 * The clusters as the registered agent has them. Who looks for one waits until the hub has told of it, and, once it is accepted, until heartbeats
 * can be sent, too: without them the hub would doubt at once what the agent says of itself.
 */
export function joinedClusters(own: Client, leases: Pick<Client, 'waitForSync'>): JoinedHub['clusters'] {
  const clusters = own.kind(ManagedCluster);
  return {
    async find(ref, options) {
      await own.waitForSync(options.signal);
      const found = await clusters.find(ref, options);
      const isAccepted = isConditionTrue(found?.status?.conditions, clusterConditions.hubAccepted.type);
      if (isAccepted) await leases.waitForSync(options.signal);
      return found;
    },
    patchStatus: (cluster, status, options) => clusters.patchStatus(cluster, status, options),
  };
}

/** Resolves as well when the time is over. */
async function syncWithin(
  ms: number,
  {
    client,
    clock,
    signal,
  }: { readonly client: Client; readonly clock: Pick<Clock, 'schedule'>; readonly signal: AbortSignal },
): Promise<void> {
  const giveUp = new AbortController();
  const cancel = clock.schedule(ms, () => giveUp.abort());
  try {
    await client.waitForSync(AbortSignal.any([signal, giveUp.signal]));
  } catch (error) {
    if (!giveUp.signal.aborted) throw error;
  } finally {
    cancel();
  }
}
