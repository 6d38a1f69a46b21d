import type { ManifestWork } from '@ocm/api';
import { type Clock, type Logger, type Resource, systemClock } from '@ocm/kube';
import { rejectedBy } from '../client/rejected-by.ts';
import { countedWorks } from '../metrics/counted-works.ts';
import type { EventMetrics } from '../metrics/event-metrics.ts';
import type { EventTransport } from '../session/event-transport.ts';
import type { Versions } from './next-version.ts';
import { SourceReplica } from './source-replica.ts';
import { SourceResource } from './source-resource.ts';

const FORGET_AFTER_MS = 30_000;

/** Whose works they are and how they travel. */
export interface WorkSourceClientOptions {
  readonly transport: EventTransport;
  /** Names the source for its agents and its broker: stable, lower case. */
  readonly sourceId: string;
  /** Names this client in metrics; default the source id. */
  readonly clientId?: string;
  /** Default `counted`. */
  readonly versions?: Versions;
  /**
   * For so long after the first answers, works that agents hold and nobody knows here are left alone: a restarted source may not have written
   * all of its works again. Milliseconds, default 30 s.
   */
  readonly forgetAfterMs?: number;
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
  readonly metrics?: EventMetrics;
}

/** The works of one source for all its clusters, with the interface of the Kubernetes client (cloudevents-grpc 9.8). */
export interface WorkSourceClient {
  /**
   * Create, patch, delete, get, list, watch; an informer may follow it. After a restart it has the works that agents and broker report: without
   * spec, until somebody writes it again.
   */
  readonly works: Resource<ManifestWork>;
  /** Whether events come and go now. */
  readonly isConnected: boolean;
  /** Resolves when agents, or the broker, have said once what there is; throws the signal's reason. */
  waitForSync(signal: AbortSignal): Promise<void>;
  /** Keeps the connection until the signal fires; resolves when it is closed. The transport is the caller's. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes a client; it does nothing until it is run. */
export function workSourceClient(given: WorkSourceClientOptions): WorkSourceClient {
  const { clock = systemClock, versions = 'counted', forgetAfterMs = FORGET_AFTER_MS, random = Math.random } = given;
  const options = { ...given, clock, versions, forgetAfterMs, random };
  const replica = new SourceReplica(options);
  return {
    works: countedWorks(new SourceResource(replica, options), given.metrics),
    get isConnected() {
      return replica.isConnected;
    },
    waitForSync: (signal) => rejectedBy(signal, replica.store.filled),
    run: (signal) => replica.run(signal),
  };
}
