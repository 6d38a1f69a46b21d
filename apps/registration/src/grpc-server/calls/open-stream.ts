import { type ServerWritableStream, status } from '@grpc/grpc-js';
import { formatDataType, type SubscriptionMessage } from '@ocm/cloudevents';
import type { EventAction } from '../access/access-question.ts';
import type { Credentials } from '../access/authenticate.ts';
import { type Audience, type Overload, Subscriber } from '../broker/subscriber.ts';
import { type CallStatus, refusal } from '../call-status.ts';
import type { CallContext } from './call-context.ts';
import { consumerOf } from './subscribe.ts';

export type SubscribeCall = ServerWritableStream<SubscriptionMessage, Uint8Array>;

/** A stream that carries events until one of the two sides ends it. */
export interface OpenStream {
  readonly wanted: EventAction;
  readonly credentials: Credentials;
  /** Ends it; what waits is not sent. */
  end(ending: CallStatus): void;
}

const OVERLOADS: Readonly<Record<Overload, string>> = {
  'queue is full': 'the client reads more slowly than its cluster changes: subscribe and resync again',
  'does not read': 'the client does not read: subscribe and resync again',
};

/** Registers an accepted subscription with the broker. */
export function openStream(
  call: SubscribeCall,
  accepted: {
    readonly audience: Audience;
    readonly wanted: EventAction;
    readonly credentials: Credentials;
    readonly end: (ending: CallStatus) => void;
  },
  { broker, metrics, clock, log }: Pick<CallContext, 'broker' | 'metrics' | 'clock' | 'log'>,
): OpenStream & { readonly close: () => void } {
  const { audience, wanted, credentials, end } = accepted;
  const dataType = formatDataType(wanted.dataType);
  const labels = { consumer: consumerOf(audience), dataType };
  const countEvent = metrics.sentEvents(labels);
  const subscriber = new Subscriber({
    audience,
    dataType,
    write: (bytes, written) =>
      call.write(bytes, (error: Error | null | undefined) => {
        // The end of the call follows an error.
        if (error === null || error === undefined) written();
      }),
    onSent(bytes, isEvent) {
      metrics.sent('Subscribe', bytes);
      if (isEvent) countEvent();
    },
    onWaiting: (bytes) => broker.countWaiting(bytes),
    onOverload(why) {
      log.warn({ consumer: labels.consumer, dataType, client: credentials.peer, why }, 'stream ended');
      endStream(refusal(status.RESOURCE_EXHAUSTED, OVERLOADS[why]));
    },
    now: () => clock.now(),
  });
  const endStream = (ending: CallStatus): void => {
    subscriber.end();
    end(ending);
  };
  broker.add(subscriber);
  metrics.subscribed(labels);
  const close = (): void => {
    broker.delete(subscriber);
    metrics.unsubscribed(labels);
  };
  return { wanted, credentials, end: endStream, close };
}
