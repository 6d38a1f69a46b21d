import { createHash } from 'node:crypto';
import { type Clock, type KubeClient, reviewToken, type TokenVerdict } from '@ocm/kube';
import { messageOf } from '../call-status.ts';
import type { Caller } from '../event-service.ts';
import { askInTurn, type QuestionOptions } from './ask-in-turn.ts';
import { Believed } from './believed.ts';
import type { VerifiedCertificate } from './peer-certificate.ts';

/** What a client shows. */
export interface Credentials {
  /** First value of `authorization`, as sent. */
  readonly authorization: string | undefined;
  readonly certificate: VerifiedCertificate | undefined;
  /** Its connection: who asks much by one does not keep the others waiting. */
  readonly peer: string;
}

export type Authentication =
  | { readonly kind: 'authenticated'; readonly caller: Caller; readonly by: 'token' | 'certificate' }
  | { readonly kind: 'unauthenticated'; readonly message: string }
  /** Nobody could say who it is. */
  | { readonly kind: 'unknown'; readonly message: string };

/** Finds out who calls (cloudevents-grpc 14.1). A token goes first; a bad token beside a good certificate does no harm. */
export type Authenticator = (credentials: Credentials) => Promise<Authentication>;

const PREFIX = 'Bearer ';
const MAX_TOKEN_LENGTH = 16_384;
/** How long an answer about a token is believed: a revoked one is good for this much longer. */
const BELIEVED_MS = 10_000;
const MAX_KEPT = 10_000;

export interface AuthenticatorOptions extends QuestionOptions {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createAuthenticator({ client, clock, questions, signal }: AuthenticatorOptions): Authenticator {
  const believed = new Believed<TokenVerdict>({
    forMs: BELIEVED_MS,
    most: MAX_KEPT,
    clock,
    isWorthKeeping: ({ kind }) => kind === 'authenticated',
  });
  const judgeToken = (token: string, peer: string): Promise<TokenVerdict> =>
    // Only a hash is kept: a token in memory is a token that can leak.
    believed.get(createHash('sha256').update(token).digest('base64'), () =>
      askInTurn(peer, (limited) => reviewToken(client, token, { signal: limited }), { questions, signal }),
    );
  return async ({ authorization, certificate, peer }) => {
    const byToken = await tokenAnswer(authorization, (token) => judgeToken(token, peer));
    return byToken.kind === 'authenticated' ? byToken : certificateAnswer(certificate, clock.now().getTime(), byToken);
  };
}

async function tokenAnswer(
  authorization: string | undefined,
  judge: (token: string) => Promise<TokenVerdict>,
): Promise<Authentication> {
  const token = authorization?.startsWith(PREFIX) === true ? authorization.slice(PREFIX.length) : authorization;
  if (token === undefined || token === '' || token.length > MAX_TOKEN_LENGTH) {
    return { kind: 'unauthenticated', message: 'invalid token' };
  }
  try {
    const verdict = await judge(token);
    if (verdict.kind === 'unauthenticated') return { kind: 'unauthenticated', message: 'token not authenticated' };
    const { username: user = '', groups = [] } = verdict.user;
    return { kind: 'authenticated', caller: { user, groups }, by: 'token' };
  } catch (error) {
    return { kind: 'unknown', message: `the token could not be checked: ${messageOf(error)}` };
  }
}

/** The second authenticator; what the first said is told as well, since one of the two is what the client meant. */
function certificateAnswer(
  certificate: VerifiedCertificate | undefined,
  nowMs: number,
  byToken: Exclude<Authentication, { readonly kind: 'authenticated' }>,
): Authentication {
  // A connection outlives the certificate with which it was opened.
  const isExpired = certificate !== undefined && nowMs >= certificate.notAfterMs;
  if (certificate !== undefined && !isExpired && certificate.caller.user !== '') {
    return { kind: 'authenticated', caller: certificate.caller, by: 'certificate' };
  }
  const why = isExpired ? 'could not verify peer certificate: it has expired' : 'could not verify peer certificate';
  return { kind: byToken.kind, message: `${why}; ${byToken.message}` };
}
