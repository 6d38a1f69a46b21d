import {
  clusterConditions,
  clusterLeaseName,
  findCondition,
  labels,
  type Lease,
  type ManagedCluster,
  microTimestamp,
  setCondition,
} from '@ocm/api';
import {
  type Controller,
  defineController,
  done,
  type EventReport,
  isKubeError,
  type ObjectEvent,
  requeueAfter,
} from '@ocm/kube';
import { byNameWhenChanged, type HubContext } from '../hub-context.ts';
import { judgeLease } from './judge-lease.ts';

type LeaseContext = Pick<HubContext, 'clusters' | 'leases' | 'clock' | 'events' | 'log'>;

/** Creates the lease of each cluster and marks the cluster Unknown when its agent stops renewing it. */
export function leaseController(context: LeaseContext): Controller {
  const { clusters, leases, clock } = context;
  return defineController({
    name: 'ManagedClusterLeaseController',
    watches: [clusters.cache.events(byNameWhenChanged(whatDecides)), leases.cache.events(byNamespaceUnlessRenewed)],
    async reconcile(name, signal) {
      const cluster = clusters.cache.get(name);
      if (cluster === undefined) return done();
      const ref = { namespace: name, name: clusterLeaseName };
      const seen = judgeLease(cluster, leases.cache.get(ref), clock.now());
      // What a cache says is not enough to call a cluster lost: should it stand still, it would call all of them that.
      const verdict =
        seen.kind === 'lost' ? judgeLease(cluster, await leases.live.find(ref, { signal }), clock.now()) : seen;
      switch (verdict.kind) {
        case 'unwatched':
          return done();
        case 'missing':
          await createLease(context, name, signal);
          return done(); // its event continues
        case 'lost':
          await markUnknown(context, cluster, signal);
          return requeueAfter(verdict.recheckInMs);
        case 'alive':
        case 'known-lost':
          return requeueAfter(verdict.recheckInMs);
      }
    },
  });
}

/**
 * What the verdict depends on, besides the lease and the time. Not Available: an agent that says so of its cluster although its lease looks
 * expired would be contradicted at once, and say so again; the next look comes one grace after the last (registration 11.2).
 */
function whatDecides({ metadata, spec, status }: ManagedCluster): unknown {
  const { uid, deletionTimestamp } = metadata;
  const accepted = findCondition(status?.conditions, clusterConditions.hubAccepted.type)?.status;
  return { uid, deletionTimestamp, durationSeconds: spec?.leaseDurationSeconds, accepted };
}

/** A renewal only puts the expiry off, and the recheck that is already planned finds that out; so a fleet's heartbeats cost no reconciles. */
function byNamespaceUnlessRenewed(event: ObjectEvent<Lease>): string | undefined {
  const isRenewal =
    event.type === 'updated' && Date.parse(renewTime(event.object)) >= Date.parse(renewTime(event.previous));
  return isRenewal ? undefined : event.object.metadata.namespace;
}

function renewTime({ spec }: Lease): string {
  return spec?.renewTime ?? '';
}

async function createLease({ leases, clock }: LeaseContext, cluster: string, signal: AbortSignal): Promise<void> {
  const clusterLabel = { [labels.clusterName]: cluster };
  const metadata = { namespace: cluster, name: clusterLeaseName, labels: clusterLabel };
  const spec = { holderIdentity: clusterLeaseName, renewTime: microTimestamp(clock.now()) };
  try {
    leases.cache.learn(await leases.live.create({ metadata, spec }, { signal }));
  } catch (error) {
    if (!isKubeError(error, 'exists')) throw error;
    // Without its label the lease is invisible to the cache.
    const present = await leases.live.get(metadata, { signal });
    await leases.live.patchMetadata(present, { labels: clusterLabel }, { signal });
  }
}

async function markUnknown(context: LeaseContext, cluster: ManagedCluster, signal: AbortSignal): Promise<void> {
  const { clusters, clock, events, log } = context;
  const { name } = cluster.metadata;
  const { leaseUpdateStopped } = clusterConditions.available;
  const conditions = setCondition(cluster.status?.conditions, leaseUpdateStopped, clock.now());
  await clusters.live.patchStatus(cluster, { ...cluster.status, conditions }, { signal });
  log.info({ cluster: name }, 'cluster is unreachable: its agent has stopped renewing the lease');
  await events.record(unknownEvent(cluster), { signal });
}

function unknownEvent({ metadata: { name, uid } }: ManagedCluster): EventReport {
  return {
    namespace: name,
    // An event must be in the namespace that its object names, though the object has none.
    regarding: {
      apiVersion: 'cluster.open-cluster-management.io/v1',
      kind: 'ManagedCluster',
      namespace: name,
      name,
      ...(uid === undefined ? {} : { uid }),
    },
    type: 'Warning',
    reason: 'AvailableUnknown',
    action: 'AvailableUnknown',
    note: `Cluster ${name} is imported, but the connection check from the managed cluster to the hub has failed.`,
  };
}
