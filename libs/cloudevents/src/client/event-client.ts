import {
  finalizers as finalizerNames,
  isConditionTrue,
  type Kind,
  type KubeObject,
  ManifestWork,
  setCondition,
  workConditions,
} from '@ocm/api';
import { type Clock, KubeError, type Logger, type Resource, silentLogger, systemClock } from '@ocm/kube';
import { countedWorks } from '../metrics/counted-works.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import type { EventTransport } from '../session/event-transport.ts';
import { findAgentKind, isKept } from './agent-kinds.ts';
import { EventReplica } from './event-replica.ts';
import { EventResource } from './event-resource.ts';
import { rejectedBy } from './rejected-by.ts';

const DELETED_MS = 2000;

/** Whose client it is and what it follows. */
export interface EventClientOptions {
  readonly transport: EventTransport;
  readonly clusterName: string;
  /** `source` of the events that go out (cloudevents-grpc 4.2). */
  readonly sourceId: string;
  /** Each kind has a subscription of its own, except Event, which is published only. */
  readonly kinds: readonly Kind[];
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
  /** Names this client in metrics; default the source id. */
  readonly clientId?: string;
  readonly metrics?: EventMetrics;
}

/** The hub as an agent has it over events: the same interface as that of the Kubernetes client, as far as events go (cloudevents-grpc 9.7). */
export interface EventClient {
  /** Throws KubeError `not-served` for a kind that is not followed. */
  kind<T extends KubeObject>(kind: Kind<T>): Resource<T>;
  /** Whether events of the kind come and go now. */
  isConnected(kind: Kind): boolean;
  /** Resolves when the hub has said once what there is of every kind that is followed; throws the signal's reason. */
  waitForSync(signal: AbortSignal): Promise<void>;
  /** Keeps the connections until the signal fires; resolves when all of them are closed. The transport is the caller's. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Makes a client; it does nothing until it is run.
 *
 * @throws KubeError `not-served` for a kind that events do not carry
 */
export function eventClient({ kinds, ...options }: EventClientOptions): EventClient {
  const { clock = systemClock, random = Math.random, log = silentLogger, metrics } = options;
  const replicas = kinds.map((kind) => {
    const agentKind = findAgentKind(kind);
    if (agentKind === undefined) throw notServed(kind);
    return new EventReplica(agentKind, { ...options, clock });
  });
  const replicaOf = (kind: Kind): EventReplica => {
    const agentKind = findAgentKind(kind);
    const replica = replicas.find((candidate) => candidate.kind === agentKind);
    if (replica === undefined) throw notServed(kind);
    return replica;
  };
  const works = replicas.filter(({ kind }) => kind === findAgentKind(ManifestWork));
  return {
    kind: (kind) => {
      const replica = replicaOf(kind);
      const resource = new EventResource(kind, replica, { clock, random });
      return works.includes(replica) ? countedWorks(resource, metrics) : resource;
    },
    isConnected: (kind) => replicaOf(kind).isConnected,
    async waitForSync(signal) {
      const filled = replicas.filter(({ kind }) => isKept(kind)).map(({ store }) => store.filled);
      await rejectedBy(signal, Promise.all(filled));
    },
    async run(signal) {
      const reports = works.map((replica) => reportDeletions(replica, { clock, log }, signal));
      await Promise.all([...replicas.map((replica) => replica.run(signal)), ...reports]);
    },
  };
}

/**
 * The status that tells the source that nothing is left of a work (cloudevents-grpc 9.7); `undefined` while something may be left. Finalizers of
 * others, which a work may have brought along, are the source's: nobody takes them off here.
 *
 * @param now time of the transition
 */
export function deletedStatus(work: ManifestWork, now: Date): ManifestWork['status'] | undefined {
  const { deletionTimestamp, finalizers = [], namespace = '' } = work.metadata;
  if (deletionTimestamp === undefined || finalizers.includes(finalizerNames.work)) return undefined;
  const message = `The manifests are deleted from the cluster ${namespace}`;
  const { conditions } = work.status ?? {};
  if (isConditionTrue(conditions, workConditions.deleted.type)) return work.status;
  return { ...work.status, conditions: setCondition(conditions, { ...workConditions.deleted.deleted, message }, now) };
}

async function reportDeletion(
  replica: EventReplica,
  work: ManifestWork,
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<void> {
  const status = deletedStatus(work, now);
  if (status === undefined) return;
  const reported: ManifestWork = { ...work, status };
  await replica.publish(reported, { subresource: 'status', action: 'update_request' }, signal);
  // Another work may have the name by now; and the source may want this one again.
  const gone = replica.store.byUid(work.metadata.uid);
  if (gone?.metadata.deletionTimestamp !== undefined) replica.store.apply({ kind: 'remove', object: gone });
}

/** A work leaves the store only after its source has accepted that it is gone. */
async function reportDeletions(
  replica: EventReplica,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const work of replica.store.list()) {
      if (!replica.isConnected) break; // none can be reported, and each would be complained about
      await reportDeletion(replica, work, { now: clock.now(), signal }).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ work: work.metadata.name, error }, 'deletion cannot be reported, will retry');
      });
    }
    await clock.sleep(DELETED_MS, signal);
  }
}

function notServed({ plural, group }: Kind): KubeError {
  return new KubeError(`${plural}.${group} is not among the kinds that events carry here`, {
    code: 'not-served',
    status: 404,
  });
}
