import { status } from '@grpc/grpc-js';
import { isKubeError, KubeError } from '@ocm/kube';
import { type CloudEvent, type DataType, extensions, findString, tunnelledMessage } from '@ocm/cloudevents';
import { RefusedError } from './event-service.ts';

/** How a call ends (cloudevents-grpc 2.7). */
export interface CallStatus {
  readonly code: status;
  readonly details: string;
}

export const OK: CallStatus = { code: status.OK, details: '' };

const REFUSALS: Readonly<Record<RefusedError['code'], status>> = {
  'invalid-argument': status.INVALID_ARGUMENT,
  'permission-denied': status.PERMISSION_DENIED,
  'failed-precondition': status.FAILED_PRECONDITION,
};

/** Beyond this the message of an error would not fit into the headers that clients accept. */
const LONGEST_MESSAGE = 8192;

export function refusal(code: status, details: string): CallStatus {
  return { code, details };
}

/** The status that tells the publisher why its event was not stored (cloudevents-grpc 2.7, 2.8). */
export function statusOfFailure(error: unknown, event: CloudEvent, dataType: DataType): CallStatus {
  if (error instanceof RefusedError) return refusal(REFUSALS[error.code], error.message);
  if (!isKubeError(error)) return refusal(status.FAILED_PRECONDITION, messageOf(error));
  const details = tunnelledMessage(withShortMessage(error), { dataType, name: nameOf(event) });
  return refusal(status.FAILED_PRECONDITION, details);
}

/** Names as Go's gRPC writes them: the values of label `grpc_code`. */
export function codeName(code: status): string {
  if (code === status.OK) return 'OK';
  if (code === status.CANCELLED) return 'Canceled';
  const words = (status[code] ?? 'UNKNOWN').toLowerCase().split('_');
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}

/** What may be sent in a header: half of a surrogate pair would make grpc-js throw. */
export function sendable({ code, details }: CallStatus): CallStatus {
  return { code, details: details.slice(0, 2 * LONGEST_MESSAGE).toWellFormed() };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function withShortMessage(error: KubeError): KubeError {
  if (error.message.length <= LONGEST_MESSAGE) return error;
  const message = `${error.message.slice(0, LONGEST_MESSAGE)}…`;
  const { code, status, reason, retryAfterMs } = error;
  return new KubeError(message, { code, status, reason, retryAfterMs });
}

/** Only for the details of an error: as the sender calls the object, or empty. */
function nameOf(event: CloudEvent): string {
  try {
    const metadata = findString(event, extensions.metadata);
    if (metadata !== undefined) return nameIn(JSON.parse(metadata));
    const payload: unknown = JSON.parse(Buffer.from(event.data ?? []).toString('utf8'));
    return nameIn((payload as { readonly metadata?: unknown } | null)?.metadata);
  } catch {
    return ''; // the error itself says what is wrong
  }
}

function nameIn(metadata: unknown): string {
  const name = (metadata as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' ? name : '';
}
