import { status } from '@grpc/grpc-js';
import { type DataType, EventError, parseDataType, type SubscriptionMessage } from '@ocm/cloudevents';
import type { Credentials } from '../access/authenticate.ts';
import type { EventAction } from '../access/access-question.ts';
import type { Audience } from '../broker/subscriber.ts';
import { type CallStatus, refusal } from '../call-status.ts';
import type { Caller } from '../event-service.ts';
import type { CallContext, Services } from './call-context.ts';

export type SubscribeOutcome =
  | { readonly kind: 'accepted'; readonly audience: Audience; readonly wanted: EventAction; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly status: CallStatus };

/** Whether a stream may be opened, and whose events it carries then (cloudevents-grpc 12.1, 12.5). */
export async function admitSubscription(
  message: SubscriptionMessage,
  credentials: Credentials,
  context: Pick<CallContext, 'authenticate' | 'authorise' | 'services'>,
): Promise<SubscribeOutcome> {
  if (message.kind === 'unreadable') return refused(status.INVALID_ARGUMENT, message.error.message);
  const authentication = await context.authenticate(credentials);
  if (authentication.kind !== 'authenticated') return refused(status.UNAUTHENTICATED, authentication.message);
  const dataType = dataTypeIn(message.dataType);
  if (dataType === undefined) {
    const form = '<group>.<version>.<resource>';
    return refused(
      status.PERMISSION_DENIED,
      `access denied: data type "${message.dataType}" is not of the form ${form}`,
    );
  }
  const wanted: EventAction = {
    dataType,
    subresource: 'spec',
    action: 'watch_request',
    clusterName: message.clusterName,
  };
  const access = await context.authorise(authentication.caller, wanted);
  if (access.kind === 'overloaded') return refused(status.RESOURCE_EXHAUSTED, access.message);
  if (access.kind !== 'allowed') return refused(status.PERMISSION_DENIED, `access denied: ${access.message}`);
  const audience = audienceOf(message, dataType, context.services);
  if (audience === undefined) {
    return refused(status.INVALID_ARGUMENT, 'invalid subscription request: missing cluster name');
  }
  return { kind: 'accepted', audience, wanted, caller: authentication.caller };
}

/** Whether a stream may go on (cloudevents-grpc trap 22); `undefined` when it may, also when nobody can say. */
export async function objectionTo(
  wanted: EventAction,
  credentials: Credentials,
  { authenticate, authorise }: Pick<CallContext, 'authenticate' | 'authorise'>,
): Promise<CallStatus | undefined> {
  const authentication = await authenticate(credentials);
  if (authentication.kind === 'unknown') return undefined;
  if (authentication.kind === 'unauthenticated') return refusal(status.UNAUTHENTICATED, authentication.message);
  const access = await authorise(authentication.caller, wanted, { fresh: true });
  if (access.kind !== 'denied') return undefined;
  return refusal(status.PERMISSION_DENIED, `access denied: ${access.message}`);
}

/** For metrics. */
export function consumerOf(audience: Audience): string {
  return audience.kind === 'cluster' ? audience.clusterName : audience.source;
}

function dataTypeIn(text: string): DataType | undefined {
  try {
    return parseDataType(text);
  } catch (error) {
    if (error instanceof EventError) return undefined;
    throw error;
  }
}

function audienceOf(
  { clusterName, source }: Extract<SubscriptionMessage, { readonly kind: 'subscription' }>,
  dataType: DataType,
  services: Services,
): Audience | undefined {
  if (clusterName !== '') return { kind: 'cluster', clusterName };
  const servesSources = services.find(dataType)?.sources !== undefined;
  return servesSources && source !== '' ? { kind: 'source', source } : undefined;
}

function refused(code: status, details: string): SubscribeOutcome {
  return { kind: 'refused', status: refusal(code, details) };
}
