import { status } from '@grpc/grpc-js';
import { countJsonValues, formatDataType, type PublishedMessage } from '@ocm/cloudevents';
import type { Credentials } from '../access/authenticate.ts';
import { QueueFullError, type StepAside } from '../access/fair-queue.ts';
import { type CallStatus, OK, refusal, statusOfFailure } from '../call-status.ts';
import type { EventService, Publication } from '../event-service.ts';
import { type CallLabels, UNKNOWN_CALL } from '../event-series.ts';
import { answerResync } from './answer-resync.ts';
import type { CallContext } from './call-context.ts';
import { readPublication } from './read-publication.ts';

/** How a publication ended, and under whose name it is counted. */
export interface PublishOutcome {
  readonly status: CallStatus;
  readonly labels: CallLabels;
}

/** `Publish` (cloudevents-grpc 2.7, 12.3): it is over when what was published is stored, or is refused. */
export async function publish(
  message: PublishedMessage,
  credentials: Credentials,
  { context, signal }: { readonly context: CallContext; readonly signal: AbortSignal },
): Promise<PublishOutcome> {
  const read = readPublication(message);
  if (read.kind === 'malformed') return { status: read.status, labels: UNKNOWN_CALL };
  const admission = await admit(read.publication, { credentials, bytes: message.bytes, context });
  if (admission.kind === 'refused') return { status: admission.status, labels: UNKNOWN_CALL };
  const { publication } = admission;
  const { clusterName: consumer, type } = publication;
  const outcome = await carryOut(publication, context, signal);
  return { status: outcome, labels: { consumer, dataType: formatDataType(type.dataType) } };
}

type Admission =
  | { readonly kind: 'admitted'; readonly publication: Publication }
  | { readonly kind: 'refused'; readonly status: CallStatus };

async function admit(
  read: Omit<Publication, 'caller'>,
  {
    credentials,
    bytes,
    context,
  }: { readonly credentials: Credentials; readonly bytes: number; readonly context: CallContext },
): Promise<Admission> {
  const authentication = await context.authenticate(credentials);
  if (authentication.kind !== 'authenticated') return refused(status.UNAUTHENTICATED, authentication.message);
  const { caller } = authentication;
  const { clusterName, type, event } = read;
  if (!context.rate.admit(caller.user, { bytes, values: countJsonValues(event) })) {
    return refused(status.RESOURCE_EXHAUSTED, `user "${caller.user}" publishes too much: try again in a moment`);
  }
  // Only a subscription watches (cloudevents-grpc 14.2).
  if (type.action === 'watch_request') {
    return refused(status.PERMISSION_DENIED, `access denied: unsupported action ${event.type}`);
  }
  const access = await context.authorise(caller, { ...type, clusterName, data: event.data });
  switch (access.kind) {
    case 'allowed':
      return { kind: 'admitted', publication: { ...read, caller } };
    case 'overloaded':
      return refused(status.RESOURCE_EXHAUSTED, access.message);
    case 'denied':
    case 'unknown':
      return refused(status.PERMISSION_DENIED, `access denied: ${access.message}`);
  }
}

function refused(code: status, details: string): Admission {
  return { kind: 'refused', status: refusal(code, details) };
}

async function carryOut(publication: Publication, context: CallContext, signal: AbortSignal): Promise<CallStatus> {
  const { event, type, caller } = publication;
  const service = context.services.find(type.dataType);
  if (service === undefined) {
    return refusal(status.INVALID_ARGUMENT, `failed to find service for event type ${event.type}`);
  }
  const isResync = type.action === 'resync_request';
  try {
    if (!isResync)
      return await context.publications.run(caller.user, () => store(publication, service, signal), signal);
    const answer = (stepAside: StepAside): Promise<CallStatus> =>
      answerResync(publication, { service, context, stepAside, signal });
    return await context.resyncs.run(caller.user, answer, signal);
  } catch (error) {
    if (error instanceof QueueFullError) return refusal(status.RESOURCE_EXHAUSTED, error.message);
    if (signal.aborted) return refusal(status.CANCELLED, 'the call is over');
    throw error;
  }
}

async function store(publication: Publication, service: EventService, signal: AbortSignal): Promise<CallStatus> {
  const { event, type, clusterName } = publication;
  if (clusterName === '') {
    return refusal(status.INVALID_ARGUMENT, 'failed to get clustername extension: it is empty');
  }
  try {
    await service.publish(publication, signal);
    return OK;
  } catch (error) {
    return statusOfFailure(error, event, type.dataType);
  }
}
