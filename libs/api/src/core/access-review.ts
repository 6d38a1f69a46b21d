import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/**
 * authorization.k8s.io/v1 SubjectAccessReview: may somebody do something?
 * Create it to ask; the answer is in `status`. It is never stored and needs no name.
 */
export interface SubjectAccessReview extends KubeObject {
  readonly spec: {
    readonly user?: string;
    readonly groups?: readonly string[];
    readonly uid?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
    readonly resourceAttributes?: ResourceAttributes;
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  };
  readonly status?: SubjectAccessReviewStatus;
}

/** A request as the authorizer sees it. `*` means all; an absent name means any. */
export interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
}

/** The answer; `denied` means that another authorizer must not allow it either. */
export interface SubjectAccessReviewStatus {
  readonly allowed: boolean;
  readonly denied?: boolean;
  readonly reason?: string;
  readonly evaluationError?: string;
}

export const SubjectAccessReview: Kind<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

/**
 * authentication.k8s.io/v1 TokenReview: whose token is this?
 * Create it to ask; the answer is in `status`. It is never stored and needs no name.
 */
export interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string; readonly audiences?: readonly string[] };
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: UserInfo;
    readonly audiences?: readonly string[];
    readonly error?: string;
  };
}

/** authentication.k8s.io/v1 UserInfo, as in token reviews and admission requests. */
export interface UserInfo {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const TokenReview: Kind<TokenReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
};

/**
 * authorization.k8s.io/v1 SelfSubjectAccessReview: may I do something?
 * Create it to ask; the answer is in `status`. It is never stored and needs no name.
 */
export interface SelfSubjectAccessReview extends KubeObject {
  readonly spec: Pick<SubjectAccessReview['spec'], 'resourceAttributes' | 'nonResourceAttributes'>;
  readonly status?: SubjectAccessReviewStatus;
}

export const SelfSubjectAccessReview: Kind<SelfSubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};
