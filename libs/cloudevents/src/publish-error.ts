import type { DataType } from './event-type.ts';
import { KubeError, type KubeErrorCode, type Status, statusError } from '@ocm/kube';

/** The resource that an event is about, for errors. */
export interface PublishedResource {
  readonly dataType: DataType;
  readonly name: string;
}

/** Reason of the error for whatever went wrong on the way to the hub's API; it may be tried again (cloudevents-grpc 2.8). */
export const publishErrorReason = 'PublishError';

const REASONS: Readonly<Record<KubeErrorCode, { readonly code: number; readonly reason: string }>> = {
  'not-found': { code: 404, reason: 'NotFound' },
  'not-served': { code: 404, reason: 'NotFound' },
  exists: { code: 409, reason: 'AlreadyExists' },
  conflict: { code: 409, reason: 'Conflict' },
  forbidden: { code: 403, reason: 'Forbidden' },
  unauthorized: { code: 401, reason: 'Unauthorized' },
  invalid: { code: 422, reason: 'Invalid' },
  'bad-request': { code: 400, reason: 'BadRequest' },
  gone: { code: 410, reason: 'Expired' },
  throttled: { code: 429, reason: 'TooManyRequests' },
  unavailable: { code: 503, reason: 'ServiceUnavailable' },
  untrusted: { code: 503, reason: 'ServiceUnavailable' },
  config: { code: 500, reason: 'InternalError' },
};
const MS_PER_SECOND = 1000;

/** The status message that carries an error of the Kubernetes API to the publisher (cloudevents-grpc 2.8). */
export function tunnelledMessage(error: KubeError, { dataType: { group, resource }, name }: PublishedResource): string {
  const usual = REASONS[error.code];
  const code = error.status ?? usual.code;
  const retryAfterSeconds =
    error.retryAfterMs === undefined ? undefined : Math.ceil(error.retryAfterMs / MS_PER_SECOND);
  // A type that is not served has no name in its details: that is how the two are told apart.
  const named = error.code === 'not-served' ? {} : { name };
  const details = {
    ...named,
    group,
    kind: resource,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const reason = error.reason ?? usual.reason;
  return JSON.stringify({
    ErrStatus: { metadata: {}, status: 'Failure', message: error.message, reason, details, code },
  });
}

/**
 * The error that a failed publish means for its caller: that of the Kubernetes API where the message carries one, else a `PublishError`
 * (500), also for the `{}` of older servers.
 *
 * @param text message of the gRPC status
 */
export function errorOfPublish(text: string, published: PublishedResource, cause?: unknown): KubeError {
  const status = tunnelledStatus(text);
  return status === undefined ? publishError(text, published, cause) : statusError(doing(published), status);
}

/** An event that did not reach the hub's API. */
export function publishError(text: string, published: PublishedResource, cause?: unknown): KubeError {
  const message = `Failed to publish resource ${published.name}: ${text}`;
  return new KubeError(message, { code: 'unavailable', status: 500, reason: publishErrorReason, cause });
}

function doing({ dataType: { group, resource }, name }: PublishedResource): string {
  return `publishing ${resource}.${group} "${name}"`;
}

function tunnelledStatus(text: string): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  let message: { readonly ErrStatus?: unknown };
  try {
    message = JSON.parse(text) as typeof message;
  } catch {
    return undefined; // plain text that looks like JSON
  }
  const { ErrStatus: status } = message;
  if (typeof status !== 'object' || status === null) return undefined;
  const { code } = status as Partial<Status>;
  return Number.isInteger(code) ? { ...status, kind: 'Status' } : undefined;
}
