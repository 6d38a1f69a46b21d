import type { RawTarget } from '../raw-client.ts';

/** Data types that agents subscribe to (cloudevents-grpc 3.2). */
export const BUNDLES = 'io.open-cluster-management.works.v1alpha1.manifestbundles';
export const AGENT_TYPES = [
  BUNDLES,
  'cluster.open-cluster-management.io.v1.managedclusters',
  'addon.open-cluster-management.io.v1beta1.managedclusteraddons',
  'certificates.k8s.io.v1.certificatesigningrequests',
  'coordination.k8s.io.v1.leases',
] as const;

/** Which agents the driver plays. */
export interface DriverSettings {
  readonly url: string;
  readonly ca: string;
  /** One for each connection, in turn. */
  readonly identities: readonly Pick<RawTarget, 'cert' | 'key'>[];
  readonly clusters: readonly string[];
  readonly clustersPerConnection: number;
  readonly dataTypes: readonly string[];
  /** Each cluster has a work, so that a first resync brings an event. */
  readonly haveWorks: boolean;
}

/** How a fleet came to be connected; milliseconds from the start, one for each stream. */
export interface Settling {
  readonly subscribedMs: readonly number[];
  /** Until the resync was answered, and for bundles until the work had come. */
  readonly syncedMs: readonly number[];
  /** Streams that were not resynced in time; they are in neither list. */
  readonly unsettled: number;
  /** Calls and connections that failed and were tried again, with what was said first. */
  readonly failures: number;
  readonly firstFailure?: string;
}

/** A work as an agent knows it. */
export interface KnownWork {
  readonly cluster: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
}

/** What a driver process can be asked for. */
export interface DriverCommands {
  start(settings: DriverSettings): Promise<void>;
  /** Connects, subscribes and resyncs everybody at once; resolves when all are settled, or at the deadline. */
  connect(options: { readonly deadlineMs: number }): Promise<Settling>;
  /** Breaks all connections and does nothing until `connect`. */
  drop(): Promise<void>;
  /** Milliseconds by which each heartbeat of a stretch of time was late. */
  heartbeatLateness(options: { readonly observeMs: number; readonly intervalMs: number }): Promise<readonly number[]>;
  /** From now on, notes when each cluster hears of a work whose metadata have this text. */
  expectChange(text: string): Promise<void>;
  /** Epoch milliseconds at which the clusters have heard of the change, by cluster; waits for all. */
  changesSeen(options: { readonly deadlineMs: number }): Promise<Readonly<Record<string, number>>>;
  /** Every cluster asks for everything it has; milliseconds until that many events have come. */
  resyncAll(options: { readonly expectedEvents: number }): Promise<number>;
  /** A bundle message as it came. */
  sample(): Promise<Uint8Array>;
  /** Publishes one status for each work, some at a time on each connection; milliseconds until all are accepted. */
  publishStatuses(options: {
    readonly works: readonly KnownWork[];
    readonly text: string;
    readonly inFlight: number;
  }): Promise<number>;
}

export interface DriverRequest {
  readonly id: number;
  readonly command: keyof DriverCommands;
  readonly argument: unknown;
}

export interface DriverAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}
