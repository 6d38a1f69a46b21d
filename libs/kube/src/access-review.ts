import { type ResourceAttributes, SubjectAccessReview, TokenReview, type UserInfo } from '@ocm/api';
import type { KubeClient } from './client.ts';
import type { CallOptions } from './resource.ts';

// A review is never stored.
const UNNAMED = { name: '' };

/** Who wants to do what. */
export interface AccessQuestion {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  /** Either a resource or a path, such as `/metrics`. */
  readonly resource?: ResourceAttributes;
  readonly path?: { readonly path: string; readonly verb: string };
}

export interface AccessVerdict {
  readonly allowed: boolean;
  /** What the authorizer said; may be empty. */
  readonly reason: string;
}

export type TokenVerdict =
  | { readonly kind: 'authenticated'; readonly user: UserInfo }
  | { readonly kind: 'unauthenticated'; readonly reason: string };

/**
 * Asks the API server whether somebody may do something (SubjectAccessReview).
 *
 * @throws KubeError when the review itself fails; a denial is an answer
 */
export async function reviewAccess(
  client: Pick<KubeClient, 'kind'>,
  { resource, path, ...who }: AccessQuestion,
  { signal }: CallOptions,
): Promise<AccessVerdict> {
  const spec = {
    ...who,
    ...(resource === undefined ? {} : { resourceAttributes: resource }),
    ...(path === undefined ? {} : { nonResourceAttributes: path }),
  };
  const { status } = await client.kind(SubjectAccessReview).create({ metadata: UNNAMED, spec }, { signal });
  return {
    allowed: status?.allowed === true && status.denied !== true,
    reason: status?.reason ?? status?.evaluationError ?? '',
  };
}

/**
 * Asks the API server whose token this is (TokenReview).
 *
 * @throws KubeError when the review itself fails; an unknown token is an answer
 */
export async function reviewToken(
  client: Pick<KubeClient, 'kind'>,
  token: string,
  { signal }: CallOptions,
): Promise<TokenVerdict> {
  const { status } = await client.kind(TokenReview).create({ metadata: UNNAMED, spec: { token } }, { signal });
  if (status?.authenticated === true) return { kind: 'authenticated', user: status.user ?? {} };
  return { kind: 'unauthenticated', reason: status?.error ?? 'the token is unknown or has expired' };
}
