/**
 * Why a request failed, as a closed set.
 *
 * - `not-found`: the object does not exist
 * - `not-served`: the API type itself is unknown to the server (CRD missing); a 404 page of a proxy is `unavailable`
 * - `exists`, `conflict`, `forbidden`, `unauthorized`, `invalid` (422), `bad-request` (400), `gone` (410), `throttled` (429)
 * - `unavailable`: 5xx, a broken connection, or a time-out: retry may help; a write may or may not have been done
 * - `untrusted`: no TLS connection, because the server's certificate is not good for us or ours is not good for it. An API server answers an
 *   expired client certificate with 401, which is `unauthorized`; the message then says since when it is expired
 * - `config`: the kubeconfig cannot be read or used
 */
export type KubeErrorCode =
  | 'not-found'
  | 'not-served'
  | 'exists'
  | 'conflict'
  | 'forbidden'
  | 'unauthorized'
  | 'invalid'
  | 'bad-request'
  | 'gone'
  | 'throttled'
  | 'unavailable'
  | 'untrusted'
  | 'config';

/** What a KubeError carries besides its message. */
export interface KubeErrorDetails {
  readonly code: KubeErrorCode;
  /** HTTP status, when the server answered. */
  readonly status?: number | undefined;
  /** `reason` of the Status object, when the server sent one. */
  readonly reason?: string | undefined;
  /** What the server asked for with Retry-After, at most a minute. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package. The message says what was being done to which object, and what the server answered. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: KubeErrorCode;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: KubeErrorDetails) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.status = details.status;
    this.reason = details.reason;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Whatever was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Whether an error is a KubeError with one of the given codes; with no code, any KubeError. */
export function isKubeError(error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}
