import { type Clock, isKubeError, type Logger, silentLogger, systemClock } from '@ocm/kube';
import type { CloudEvent } from '../event.ts';
import { formatDataType } from '../event-type.ts';
import { publishError, type PublishedResource, publishErrorReason } from '../publish-error.ts';
import { CredentialReplaced, type EventLink, type EventSubscription, type EventTransport } from './event-transport.ts';
import { type BackoffState, nextBackoff } from './reconnect-backoff.ts';
import { TokenBucket } from './token-bucket.ts';

const LONG_WAIT_MS = 1000;
const RETRY_RESYNC_MS = 5000;
const NOT_READY = 'the cloudevents client is not ready';

/** Collaborators of a session. */
export interface SessionOptions {
  readonly transport: EventTransport;
  readonly subscription: EventSubscription;
  /** Nothing is received, only published. */
  readonly publishOnly?: boolean;
  readonly onEvent: (event: CloudEvent) => void;
  /** Called after each subscription; a failure is logged and it is tried again as long as the subscription holds (cloudevents-grpc 7). */
  readonly resync?: (signal: AbortSignal) => Promise<void>;
  /** Told of each reconnection. */
  readonly onReconnect?: () => void;
  readonly clock?: Clock | undefined;
  readonly log?: Logger | undefined;
  /** At least 0 and below 1; default `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Events of one data type in both directions, over one link after the other: subscribe, resync, receive until the link ends, wait, begin again
 * (cloudevents-grpc 9.3). Nothing is queued: without a link, publishing fails at once.
 */
export class EventSession {
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #bucket: TokenBucket;
  #link: EventLink | undefined;
  #backoff: BackoffState | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#bucket = new TokenBucket(this.#clock);
  }

  /** Whether there is a link now. */
  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Keeps a link until the signal fires; resolves when the last one is closed. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const reason = await this.#connectOnce(signal);
      if (signal.aborted) return;
      if (!(reason instanceof CredentialReplaced)) await this.#pause(reason, signal);
      if (!signal.aborted) this.#options.onReconnect?.();
    }
  }

  /**
   * Publishes within the rate limit (cloudevents-grpc 9.4).
   *
   * @throws KubeError the error of the hub's API, or a `PublishError`, at once without a link
   */
  async publish(event: CloudEvent, published: PublishedResource, signal: AbortSignal): Promise<void> {
    if (this.#link === undefined) throw publishError(NOT_READY, published);
    const waitedMs = await this.#bucket.take(signal);
    if (waitedMs > LONG_WAIT_MS)
      this.#log.info({ ...this.#names(), waitedMs }, 'publishing was held up by the rate limit');
    const link = this.#link;
    if (link === undefined) throw publishError(NOT_READY, published);
    const startMs = this.#nowMs();
    let isAnswered = true;
    try {
      await link.publish(event, published, { signal });
    } catch (error) {
      isAnswered = isKubeError(error) && error.reason !== publishErrorReason; // a conflict is an answer, too
      throw error;
    } finally {
      this.#bucket.answered(isAnswered ? this.#nowMs() - startMs : undefined);
    }
  }

  /** Returns why the link ended, or did not come about. */
  async #connectOnce(signal: AbortSignal): Promise<unknown> {
    const { transport, subscription, publishOnly = false, onEvent } = this.#options;
    let link: EventLink;
    try {
      link = await transport.connect({ subscription: publishOnly ? undefined : subscription, onEvent, signal });
    } catch (error) {
      return error;
    }
    const over = new AbortController();
    const stop = (): void => link.close();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.#link = link;
    this.#log.info(this.#names(), publishOnly ? 'connected' : 'subscribed');
    const resynced = this.#resync(over.signal);
    const reason = await link.ended;
    this.#link = undefined;
    signal.removeEventListener('abort', stop);
    over.abort(reason);
    await resynced;
    return reason;
  }

  async #resync(signal: AbortSignal): Promise<void> {
    const { resync } = this.#options;
    if (resync === undefined) return;
    while (!signal.aborted) {
      try {
        await resync(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ ...this.#names(), error }, 'resync failed, will retry');
        await this.#clock.sleep(RETRY_RESYNC_MS, signal);
      }
    }
  }

  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const { random = Math.random } = this.#options;
    const { waitMs, state } = nextBackoff(this.#backoff, { nowMs: this.#nowMs(), random: random() });
    this.#backoff = state;
    this.#log.warn({ ...this.#names(), error, waitMs: Math.round(waitMs) }, 'disconnected, will connect again');
    await this.#clock.sleep(waitMs, signal);
  }

  #nowMs(): number {
    return this.#clock.now().getTime();
  }

  #names(): { readonly server: string; readonly dataType: string } {
    const { transport, subscription } = this.#options;
    return { server: transport.address, dataType: formatDataType(subscription.dataType) };
  }
}
