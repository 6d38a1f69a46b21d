import { type ServiceError, status } from '@grpc/grpc-js';
import type { Clock } from '@ocm/kube';
import type { EventSubscription, EventTransport, LinkOptions } from '../session/event-transport.ts';
import type { LoadedClientConfig } from './client-credentials.ts';
import { GrpcConnection } from './grpc-connection.ts';
import { subscribe } from './grpc-subscription.ts';

const ANSWERED_WITHIN_MS = 10_000;

/** What a gRPC server says to a client that subscribes. */
export type GrpcAnswer =
  | { readonly kind: 'accepted' }
  /** It does not know who this is. */
  | { readonly kind: 'unauthenticated'; readonly problem: string }
  /** It knows who this is, and does not let it. */
  | { readonly kind: 'denied'; readonly problem: string }
  /** Its certificate is not good for us. */
  | { readonly kind: 'untrusted'; readonly problem: string }
  /** It does not answer, does not get that far, or hangs up. */
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What is subscribed to for the question, and left at once. */
export interface ServerQuestion {
  readonly subscription: EventSubscription;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How a server takes a client with this configuration, over a connection of its own. Throws the signal's reason, and nothing else. */
export async function askGrpcServer(config: LoadedClientConfig, question: ServerQuestion): Promise<GrpcAnswer> {
  let connection: GrpcConnection | undefined;
  try {
    return await answerTo(question, async ({ onEvent, signal }) => {
      connection = new GrpcConnection(config, question.clock);
      const { subscription, clock } = question;
      const options = {
        connection,
        subscription,
        clock,
        healthinessTimeoutMs: undefined,
        onEvent,
        onUnreadable: ignore,
        signal,
      };
      (await subscribe(options)).cancel();
    });
  } finally {
    connection?.close(new Error('the question has been answered'));
  }
}

/** How a server takes the client of this gRPC transport, over the connection that this has. Throws the signal's reason, and nothing else. */
export async function askOverTransport(transport: EventTransport, question: ServerQuestion): Promise<GrpcAnswer> {
  return answerTo(question, async (options) => (await transport.connect(options)).close());
}

const ignore = (): void => undefined;

async function answerTo(
  { subscription, clock, signal: outer }: ServerQuestion,
  subscribeAndLeave: (options: LinkOptions) => Promise<void>,
): Promise<GrpcAnswer> {
  outer.throwIfAborted();
  const late = new AbortController();
  const lateness = new Error(`no answer within ${ANSWERED_WITHIN_MS} ms`);
  const cancelDeadline = clock.schedule(ANSWERED_WITHIN_MS, () => late.abort(lateness));
  const signal = AbortSignal.any([outer, late.signal]);
  try {
    await subscribeAndLeave({ subscription, onEvent: ignore, signal });
    return { kind: 'accepted' };
  } catch (error) {
    outer.throwIfAborted();
    return answerOf(error as Error);
  } finally {
    cancelDeadline();
  }
}

/** As OpenSSL and Node word what they have against the certificate of a server; nothing else of it reaches us. */
const SERVER_CERTIFICATE =
  /self-signed certificate|unable to (get (local )?issuer certificate|verify the first certificate)|certificate (has expired|is not yet valid|signature failure)|does not match certificate/i;

function answerOf(error: Error): GrpcAnswer {
  const problem = error.message;
  switch ((error.cause as ServiceError | undefined)?.code) {
    case status.UNAUTHENTICATED:
      return { kind: 'unauthenticated', problem };
    case status.PERMISSION_DENIED:
      return { kind: 'denied', problem };
    default:
      return { kind: SERVER_CERTIFICATE.test(problem) ? 'untrusted' : 'unavailable', problem };
  }
}
