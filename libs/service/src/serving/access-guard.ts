import { createHash } from 'node:crypto';
import { SubjectAccessReview, TokenReview, type UserInfo } from '@ocm/api';
import type { Clock, KubeClient } from '@ocm/kube';

/** Who may read a path. */
export type AccessVerdict = 'allowed' | 'unauthenticated' | 'forbidden';

/** Judges the bearer token of a request for a path. Rejects when the API server cannot be asked. */
export type AccessGuard = (
  request: { readonly token: string | undefined; readonly path: string },
  signal: AbortSignal,
) => Promise<AccessVerdict>;

/** How long an answer of the API server is believed (operator 1.4). */
const BELIEVED_MS = 35_000;
/** How many answers are kept. Scrapers are few; a stranger with many tokens must not cost memory. */
const MAX_KEPT = 64;
const MAX_TOKEN_LENGTH = 16_384;
/** The monitoring stack of OpenShift is let in without an access review, as its clusters expect (operator 1.4). */
const ALWAYS_ALLOWED = 'system:serviceaccount:openshift-monitoring:prometheus-k8s';

/** A guard that asks the API server: a TokenReview says who it is, a SubjectAccessReview whether they may `get` the path. */
export function createAccessGuard({
  client,
  clock,
}: {
  readonly client: Pick<KubeClient, 'kind'>;
  readonly clock: Pick<Clock, 'now'>;
}): AccessGuard {
  const kept = new Map<string, { readonly verdict: AccessVerdict; readonly untilMs: number }>();
  return async ({ token, path }, signal) => {
    if (token === undefined || token === '' || token.length > MAX_TOKEN_LENGTH) return 'unauthenticated';
    const nowMs = clock.now().getTime();
    const key = createHash('sha256').update(`${path}\0${token}`).digest('base64');
    const known = kept.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.verdict;
    const verdict = await review(client, { token, path }, signal);
    kept.delete(key);
    kept.set(key, { verdict, untilMs: nowMs + BELIEVED_MS });
    dropOldest(kept);
    return verdict;
  };
}

async function review(
  client: Pick<KubeClient, 'kind'>,
  { token, path }: { readonly token: string; readonly path: string },
  signal: AbortSignal,
): Promise<AccessVerdict> {
  const { status } = await client.kind(TokenReview).create({ metadata: { name: '' }, spec: { token } }, { signal });
  const user: UserInfo | undefined = status?.authenticated === true ? status.user : undefined;
  if (user?.username === undefined) return 'unauthenticated';
  if (user.username === ALWAYS_ALLOWED) return 'allowed';
  const { username, ...rest } = user;
  const answer = await client
    .kind(SubjectAccessReview)
    .create(
      { metadata: { name: '' }, spec: { user: username, ...rest, nonResourceAttributes: { path, verb: 'get' } } },
      { signal },
    );
  return answer.status?.allowed === true ? 'allowed' : 'forbidden';
}

function dropOldest(kept: Map<string, unknown>): void {
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}
