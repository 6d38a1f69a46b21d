import { clusterConditions, isConditionTrue, type ManagedCluster } from '@ocm/api';
import type { Resource } from '@ocm/kube';

/**
 * Runs something while the hub accepts the cluster, as often as that changes. Until then the hub refuses most subscriptions, and each refusal would
 * make the next attempt wait longer. A cluster that is being deleted keeps what it has: its agent still has to clean up.
 *
 * @param serve resolves when its signal has fired and everything has ended
 */
export async function runWhileAccepted(
  clusters: Pick<Resource<ManagedCluster>, 'watch'>,
  serve: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let denied = new AbortController();
  let serving = Promise.resolve();
  try {
    for await (const isAccepted of acceptanceChanges(clusters, signal)) {
      denied.abort();
      await serving;
      denied = new AbortController();
      if (isAccepted) serving = serve(AbortSignal.any([signal, denied.signal]));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    denied.abort();
    await serving;
  }
}

/** Begins with the first acceptance. */
async function* acceptanceChanges(
  clusters: Pick<Resource<ManagedCluster>, 'watch'>,
  signal: AbortSignal,
): AsyncGenerator<boolean> {
  let wasAccepted = false;
  for await (const event of clusters.watch({ initialEvents: true, resourceVersion: '', signal })) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    const isAccepted = isConditionTrue(event.object.status?.conditions, clusterConditions.hubAccepted.type);
    if (isAccepted === wasAccepted) continue;
    wasAccepted = isAccepted;
    yield isAccepted;
  }
}
