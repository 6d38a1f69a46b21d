import { type handleServerStreamingCall, Metadata, status } from '@grpc/grpc-js';
import { formatDataType, type SubscriptionMessage } from '@ocm/cloudevents';
import { Wheel } from '../broker/wheel.ts';
import { type CallStatus, refusal, sendable } from '../call-status.ts';
import { credentialsOf } from './call-credentials.ts';
import type { CallContext } from './call-context.ts';
import { MeasuredCall } from './measured-call.ts';
import { type OpenStream, openStream, type SubscribeCall } from './open-stream.ts';
import { admitSubscription, consumerOf, objectionTo } from './subscribe.ts';

const SUBSCRIPTION_ID = 'subscription-id';
/** Who does not take the end of a stream in this time is cut off. */
const ENDING_MS = 10_000;
/** Ten thousand clusters that register with one bootstrap token need less; who may watch any cluster must not fill the memory with streams. */
const MOST_STREAMS_PER_USER = 50_000;

export interface SubscribeHandlerOptions {
  readonly context: CallContext;
  /** How often the rights behind each open stream are looked at again. */
  readonly recheckMs: number;
  /** Default 50,000. */
  readonly mostStreamsPerUser?: number;
  /** Ends the connection of a client, which is given as `call.getPeer()` does. */
  readonly cut: (peer: string) => void;
}

/** `Subscribe` for grpc-js, and the streams that it keeps open. */
export class SubscribeHandler {
  readonly #options: SubscribeHandlerOptions;
  readonly #open = new Set<OpenStream>();
  readonly #streamsOf = new Map<string, number>();
  readonly #rechecks: Wheel<OpenStream>;
  #closing: CallStatus | undefined;

  constructor(options: SubscribeHandlerOptions) {
    const { context, recheckMs } = options;
    this.#options = options;
    this.#rechecks = new Wheel({
      intervalMs: recheckMs,
      clock: context.clock,
      visit: (stream) => void this.#recheck(stream),
      signal: context.signal,
    });
  }

  readonly handle: handleServerStreamingCall<SubscriptionMessage, Uint8Array> = (call) => {
    const { context } = this.#options;
    call.once('cancelled', context.settle(call.getPeer(), call.request.bytes));
    const measured = new MeasuredCall('Subscribe', call.request.bytes, context);
    const ending = new Ending(call, this.#options);
    // grpc-js says this at the end of every call, whoever has ended it.
    call.once('cancelled', () => measured.end(ending.status));
    this.#accept(call, { measured, ending }).catch((error: unknown) => {
      context.log.error({ error }, 'subscription failed');
      ending.end(refusal(status.INTERNAL, 'the server failed: its log says why'));
    });
  };

  /** Ends every stream, and refuses new ones. */
  close(why: CallStatus): void {
    this.#closing = why;
    for (const stream of this.#open) stream.end(why);
  }

  async #accept(
    call: SubscribeCall,
    { measured, ending }: { readonly measured: MeasuredCall; readonly ending: Ending },
  ): Promise<void> {
    const { context } = this.#options;
    const credentials = credentialsOf(call);
    const outcome = await admitSubscription(call.request, credentials, context);
    if (call.cancelled) return;
    if (outcome.kind === 'refused') {
      ending.end(outcome.status);
      return;
    }
    if (this.#closing !== undefined) {
      ending.end(this.#closing);
      return;
    }
    const { audience, wanted, caller } = outcome;
    if (context.broker.isCrowded(audience, wanted.dataType)) {
      ending.end(refusal(status.RESOURCE_EXHAUSTED, 'there are too many subscriptions of this cluster and data type'));
      return;
    }
    const { mostStreamsPerUser = MOST_STREAMS_PER_USER } = this.#options;
    if ((this.#streamsOf.get(caller.user) ?? 0) >= mostStreamsPerUser) {
      ending.end(refusal(status.RESOURCE_EXHAUSTED, `user "${caller.user}" has too many subscriptions`));
      return;
    }
    const initial = new Metadata();
    initial.set(SUBSCRIPTION_ID, context.newId());
    call.sendMetadata(initial); // before anything else (cloudevents-grpc trap 16)
    measured.belongsTo({ consumer: consumerOf(audience), dataType: formatDataType(wanted.dataType) });
    const stream = openStream(call, { audience, wanted, credentials, end: (why) => ending.end(why) }, context);
    this.#open.add(stream);
    this.#rechecks.add(stream);
    this.#countStreams(caller.user, 1);
    call.once('cancelled', () => {
      this.#countStreams(caller.user, -1);
      this.#open.delete(stream);
      this.#rechecks.delete(stream);
      stream.close();
    });
  }

  #countStreams(user: string, more: 1 | -1): void {
    const count = (this.#streamsOf.get(user) ?? 0) + more;
    if (count === 0) this.#streamsOf.delete(user);
    else this.#streamsOf.set(user, count);
  }

  async #recheck(stream: OpenStream): Promise<void> {
    const { wanted, credentials } = stream;
    const { context } = this.#options;
    try {
      const objection = await objectionTo(wanted, credentials, context);
      if (objection === undefined || !this.#open.has(stream)) return;
      const fields = { cluster: wanted.clusterName, client: credentials.peer, reason: objection.details };
      context.log.info(fields, 'stream ended: not allowed any more');
      stream.end(objection);
    } catch (error) {
      context.log.error({ error }, 'the rights behind a stream cannot be checked');
    }
  }
}

/** The end that this side gives a call: the first counts. */
class Ending {
  status: CallStatus = refusal(status.CANCELLED, '');
  readonly #call: SubscribeCall;
  readonly #options: SubscribeHandlerOptions;
  #hasEnded = false;

  constructor(call: SubscribeCall, options: SubscribeHandlerOptions) {
    this.#call = call;
    this.#options = options;
  }

  end(why: CallStatus): void {
    if (this.#hasEnded || this.#call.cancelled) return;
    this.#hasEnded = true;
    this.status = why;
    const { context, cut } = this.#options;
    const peer = this.#call.getPeer();
    // The status comes after what is on its way: a client that does not read never gets it.
    this.#call.once(
      'cancelled',
      context.clock.schedule(ENDING_MS, () => cut(peer), { background: true }),
    );
    this.#call.emit('error', sendable(why));
  }
}
