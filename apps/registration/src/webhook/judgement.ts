import type { ResourceAttributes } from '@ocm/api';

/** What can be said about a request from its objects alone. */
export type Judgement =
  | { readonly kind: 'refuse'; readonly code: 400 | 403; readonly message: string }
  /** Let it in if the answer to every question is yes; the first that is not refuses it. No question: let it in. */
  | { readonly kind: 'ask'; readonly questions: readonly Question[] };

/** Something that only the API server knows. */
export type Question =
  | { readonly kind: 'namespace-is-not-terminating'; readonly namespace: string }
  /** `refusal` is what a requester without the right is told. */
  | { readonly kind: 'requester-may'; readonly resource: ResourceAttributes; readonly refusal: string };
