import type { CloudEvent } from '../event.ts';
import type { DataType } from '../event-type.ts';
import type { PublishedResource } from '../publish-error.ts';

/** Which events are wanted (cloudevents-grpc 2.2). */
export interface EventSubscription {
  readonly dataType: DataType;
  /** Of an agent; a source leaves it empty. */
  readonly clusterName: string;
  /** Of a source; an agent leaves it empty, which means all. */
  readonly source: string;
}

/** A way to a broker and back that works until it has ended; then another one is made. */
export interface EventLink {
  /**
   * Resolves when the other side has dealt with the event.
   *
   * @throws KubeError the error of the hub's API, or a `PublishError`
   */
  publish(event: CloudEvent, published: PublishedResource, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Resolves with the reason when nothing can come any more. */
  readonly ended: Promise<Error>;
  close(): void;
}

/** How a link is to be made. */
export interface LinkOptions {
  /** `undefined` for a link that only publishes. */
  readonly subscription: EventSubscription | undefined;
  /** Told of each event in the order in which they come; must not throw. Heartbeats and what cannot be read are left out. */
  readonly onEvent: (event: CloudEvent) => void;
  readonly signal: AbortSignal;
}

/** Why a link ends that has to be made anew with other credentials. Nothing is wrong with the other side, so nobody waits before the next one. */
export class CredentialReplaced extends Error {
  override readonly name = 'CredentialReplaced';
}

/** What events travel over: gRPC, MQTT. */
export interface EventTransport extends AsyncDisposable {
  /** Where the other side is, as configured; for messages. */
  readonly address: string;
  /** Connects and subscribes. Throws why it cannot. */
  connect(options: LinkOptions): Promise<EventLink>;
  /** Looks at the credential files now instead of at the next interval. */
  reloadCredential(): Promise<void>;
}
