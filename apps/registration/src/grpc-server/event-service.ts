import type { CloudEvent, DataType, EventType, HeldHashes, HeldVersions } from '@ocm/cloudevents';

/** Who sent an event, as the authenticator found (cloudevents-grpc 14.1). */
export interface Caller {
  readonly user: string;
  readonly groups: readonly string[];
}

/** An event that its sender was allowed to send. */
export interface Publication {
  readonly event: CloudEvent;
  readonly type: EventType;
  /** The extension `clustername`, which the authorisation was about. */
  readonly clusterName: string;
  readonly caller: Caller;
}

/** Hands an event to the streams of its cluster and data type on this replica; never waits, never throws. */
export type Push = (event: CloudEvent) => void;

/** What a running service gets from the broker. */
export interface ServiceRun {
  readonly push: Push;
  readonly synced: () => void;
  /** Whether anybody on this replica listens to the data type for the cluster; absent means yes. What nobody waits for is not even encoded. */
  readonly isAwaited?: ((clusterName: string) => boolean) | undefined;
  readonly signal: AbortSignal;
}

/** What the server does with one data type (cloudevents-grpc 13). The broker knows nothing else of resources. */
export interface EventService {
  readonly dataType: DataType;
  /**
   * Follows the hub and pushes what changes until the signal fires. `synced` is called once, when `answer` can be asked. Rejects when the
   * process cannot go on.
   */
  run(options: ServiceRun): Promise<void>;
  /**
   * Events that answer a resync request of a cluster (cloudevents-grpc 7.1), from cache. They are pushed to every stream of the cluster and data
   * type. Throws when the data type knows no resync.
   */
  answer(clusterName: string, held: HeldVersions): Iterable<CloudEvent>;
  /**
   * Carries out what was published; resolves when it is stored.
   *
   * @throws KubeError what the hub's API answered
   * @throws RefusedError what the server itself refuses
   */
  publish(publication: Publication, signal: AbortSignal): Promise<void>;
  /** Absent when the data type is not open to sources, or the gate SourceSubscriptions is off. */
  readonly sources?: SourceSide;
}

/** Hands an event to the streams of a source on this replica; never waits, never throws. */
export type PushToSource = (source: string, event: CloudEvent) => void;

/** What the server does with one data type for sources outside Kubernetes (cloudevents-grpc 12.5). What they publish goes to `publish`. */
export interface SourceSide {
  /** Pushes what is new for sources until the signal fires. Runs beside the service it belongs to. */
  run(options: { readonly push: PushToSource; readonly signal: AbortSignal }): Promise<void>;
  /** Events that answer a status resync request of a source (cloudevents-grpc 7.2), from cache; an empty cluster name means all clusters. */
  answer(source: string, clusterName: string, held: HeldHashes): Iterable<CloudEvent>;
}

/** A publication that the server refuses before it asks the hub; becomes the gRPC status of that code (cloudevents-grpc 2.7, 13). */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: 'invalid-argument' | 'permission-denied' | 'failed-precondition';

  constructor(code: RefusedError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
