/** Whether a stored token will do (registration 10.5). */
export type TokenVerdict =
  | { readonly kind: 'good'; readonly expires: Date; readonly refreshInMs: number }
  | { readonly kind: 'refresh'; readonly reason: string };

/** With this share of its lifetime left, a token is refreshed. */
const REFRESH_SHARE = 0.2;

/**
 * A reason does not change while its cause lasts: it gets into a condition, and each change of that wakes the controller that wrote it.
 *
 * @param token as stored or just received; `undefined` when there is none
 * @param uid of the service account as it is now
 */
export function judgeToken(token: string | undefined, uid: string, now: Date): TokenVerdict {
  if (token === undefined) return refresh('there is no token yet');
  const claims = readToken(token);
  if (claims === undefined) return refresh('the token cannot be read');
  if (claims.uid !== uid) {
    return refresh(`the token is of service account UID ${claims.uid ?? 'none'}, not of ${uid}`);
  }
  const lifetimeMs = claims.expires.getTime() - claims.issued.getTime();
  const leftMs = claims.expires.getTime() - now.getTime();
  if (lifetimeMs <= 0 || leftMs <= 0) return refresh('the token has expired by the clock of this cluster');
  const refreshInMs = leftMs - REFRESH_SHARE * lifetimeMs;
  if (refreshInMs <= 0) return refresh('hardly any of its lifetime is left by the clock of this cluster');
  return { kind: 'good', expires: claims.expires, refreshInMs };
}

/** What a token says. */
export interface TokenClaims {
  readonly issued: Date;
  readonly expires: Date;
  /** UID of the service account; `undefined` when the token names none. */
  readonly uid: string | undefined;
}

/** What a JWT of a service account says, unverified; `undefined` when it is none. */
export function readToken(token: string): TokenClaims | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  const payload = parsePayload(parts[1] ?? '');
  const { iat, exp } = payload ?? {};
  if (typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  return {
    issued: new Date(iat * 1000),
    expires: new Date(exp * 1000),
    uid: payload?.['kubernetes.io']?.serviceaccount?.uid,
  };
}

interface Payload {
  readonly iat?: unknown;
  readonly exp?: unknown;
  readonly 'kubernetes.io'?: { readonly serviceaccount?: { readonly uid?: string } | null } | null;
}

function parsePayload(part: string): Payload | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? payload : undefined;
  } catch {
    return undefined;
  }
}

const refresh = (reason: string): TokenVerdict => ({ kind: 'refresh', reason });
