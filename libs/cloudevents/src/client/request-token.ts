import { randomUUID } from 'node:crypto';
import type { TokenRequest } from '@ocm/api';
import { type Clock, KubeError, systemClock } from '@ocm/kube';
import type { CloudEvent } from '../event.ts';
import { dataTypes } from '../event-type.ts';
import { kubeObjectEvent, kubeObjectOfEvent } from '../kube-object-event.ts';
import type { EventLink, EventTransport } from '../session/event-transport.ts';
import { judgeAgentEvent } from './judge-event.ts';

const ANSWERED_WITHIN_MS = 10_000;

/** Who asks for a token, and over what. */
export interface TokenClient {
  readonly transport: EventTransport;
  readonly clusterName: string;
  /** `source` of the events that go out (cloudevents-grpc 4.2). */
  readonly sourceId: string;
  readonly clock?: Clock;
}

/** A token of which service account. */
export interface TokenQuestion {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly spec: TokenRequest['spec'];
}

/**
 * A new token of a service account on the hub (cloudevents-grpc 15.1), over a subscription of its own: answers to others are not looked at.
 *
 * @throws KubeError what the hub says against it; `unavailable` when there is no answer within 10 s
 */
export async function requestToken(
  { transport, clusterName, sourceId, clock = systemClock }: TokenClient,
  { namespace, serviceAccount: name, spec }: TokenQuestion,
  outer: AbortSignal,
): Promise<NonNullable<TokenRequest['status']>> {
  const doing = `requesting a token of service account ${namespace}/${name}`;
  const late = new AbortController();
  const cancel = clock.schedule(ANSWERED_WITHIN_MS, () =>
    late.abort(
      new KubeError(`${doing}: no answer within ${ANSWERED_WITHIN_MS} ms`, { code: 'unavailable', status: 500 }),
    ),
  );
  const signal = AbortSignal.any([outer, late.signal]);
  const uid = randomUUID();
  const answer = Promise.withResolvers<NonNullable<TokenRequest['status']>>();
  signal.addEventListener('abort', () => answer.reject(signal.reason), { once: true });
  answer.promise.catch(() => undefined); // whoever fails first is the one to be heard
  let link: EventLink | undefined;
  try {
    link = await transport.connect({
      subscription: { dataType: dataTypes.tokenRequest, clusterName, source: '' },
      onEvent: (event) => {
        const status = answerOf(event, { clusterName, uid });
        if (status !== undefined) answer.resolve(status);
      },
      signal,
    });
    const request: TokenRequest = { metadata: { name, namespace, uid }, spec };
    const type = { dataType: dataTypes.tokenRequest, subresource: 'spec', action: 'create_request' } as const;
    const event = kubeObjectEvent(request, type, { id: randomUUID(), source: sourceId, time: clock.now() });
    await link.publish(event, { dataType: dataTypes.tokenRequest, name }, { signal });
    return await answer.promise;
  } catch (error) {
    outer.throwIfAborted();
    if (error instanceof KubeError) throw error;
    const { message } = error as Error;
    throw new KubeError(`${doing}: ${message}`, {
      code: 'unavailable',
      status: 500,
      reason: 'InternalError',
      cause: error,
    });
  } finally {
    cancel();
    link?.close();
  }
}

/** The status of the answer to our request; of all others, and of what is no answer, nothing. */
function answerOf(
  event: CloudEvent,
  { clusterName, uid }: { readonly clusterName: string; readonly uid: string },
): TokenRequest['status'] {
  if (judgeAgentEvent(event, { clusterName, dataType: dataTypes.tokenRequest }).kind !== 'store') return undefined;
  try {
    const { object } = kubeObjectOfEvent(event);
    return object.metadata.uid === uid ? (object as TokenRequest).status : undefined;
  } catch {
    return undefined; // an answer to somebody else that cannot be read is no matter of ours
  }
}
