import { KubeError, type KubeErrorCode } from './error.ts';

/** meta/v1 Status, as far as it matters here: the API server's way to say no. */
export interface Status {
  readonly kind: 'Status';
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly retryAfterSeconds?: number;
  };
}

/** An HTTP answer whose status is not 2xx. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

const CODES: Readonly<Record<number, KubeErrorCode>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'bad-request',
  406: 'bad-request',
  409: 'conflict',
  410: 'gone',
  413: 'bad-request',
  415: 'bad-request',
  422: 'invalid',
  429: 'throttled',
};
const LONGEST_QUOTE = 500;
/** A proxy in maintenance says an hour, and is back in minutes; nothing here is held up for longer than this by one answer. */
const LONGEST_RETRY_AFTER_MS = 60_000;
const FOREIGN = 'NotFromKubernetes';

/**
 * @param doing what was being done to which object: `patching status of pods "a"`
 * @param credentialNote what is known to be wrong with our credential; said when that was refused
 */
export function errorOfRefusal(doing: string, refusal: Refusal, credentialNote?: string): KubeError {
  const { status, headers, text } = refusal;
  const body = statusOf(text) ?? unformattedStatus(status, text);
  const message = status === 401 && credentialNote !== undefined ? `${body.message} (${credentialNote})` : body.message;
  return statusError(
    doing,
    { ...body, ...(message === undefined ? {} : { message }) },
    {
      status,
      retryAfterMs: retryAfterMs(headers) ?? secondsToMs(body.details?.retryAfterSeconds),
    },
  );
}

/**
 * The error that a Status object means, whatever brought it.
 *
 * @param doing what was being done to which object
 * @param answer the HTTP status and delay, when they are not in the Status object itself
 */
export function statusError(
  doing: string,
  body: Status,
  answer: { readonly status?: number; readonly retryAfterMs?: number | undefined } = {},
): KubeError {
  const status = answer.status ?? body.code ?? 500;
  const message = (body.message ?? '').slice(0, LONGEST_QUOTE);
  const what = [`${status}`, body.reason].filter((part) => part !== undefined).join(' ');
  return new KubeError(`${doing}: the server refused: ${what}${message === '' ? '' : `: ${message}`}`, {
    code: codeOf(status, body),
    status,
    reason: body.reason,
    retryAfterMs: answer.retryAfterMs ?? secondsToMs(body.details?.retryAfterSeconds),
  });
}

/**
 * The delay of a `Retry-After` header (RFC 9110 10.2.3), at most a minute; the API server sends whole seconds, proxies now and then a date.
 */
export function retryAfterMs(headers: Refusal['headers'], now = new Date()): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return boundedMs(Number(value) * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : boundedMs(at - now.getTime());
}

function codeOf(status: number, { reason, details }: Status): KubeErrorCode {
  if (status === 409) return reason === 'AlreadyExists' ? 'exists' : 'conflict';
  if (status !== 404) return CODES[status] ?? (status >= 500 ? 'unavailable' : 'bad-request');
  // A missing object is named in the details, a type that is not served has none.
  if (details?.name !== undefined) return 'not-found';
  return reason === FOREIGN ? 'unavailable' : 'not-served';
}

/** The API server itself knows a path that nobody serves as "404 page not found"; any other page is that of a proxy in an outage. */
function unformattedStatus(status: number, text: string): Status {
  const message = text.trim();
  if (status !== 404 || message === '404 page not found') return { kind: 'Status', message };
  return { kind: 'Status', message, reason: FOREIGN };
}

function statusOf(text: string): Status | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const body = JSON.parse(text) as { readonly kind?: unknown };
    return body.kind === 'Status' ? (body as Status) : undefined;
  } catch {
    return undefined; // cut off, or of a proxy: quoted as text
  }
}

function secondsToMs(seconds: unknown): number | undefined {
  return typeof seconds === 'number' ? boundedMs(seconds * 1000) : undefined;
}

function boundedMs(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
