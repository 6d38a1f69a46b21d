import type { ConditionUpdate } from '@ocm/api';
import type { WatchSource } from '@ocm/kube';
import type { Files } from '../hub-files/hub-directory.ts';

/** A secret as it is stored, and what it must hold beside the credential itself. Values are decoded text. */
export interface CredentialRequest {
  /** Empty when there is no secret. */
  readonly stored: Files;
  /** A key that is missing or differs makes a new credential necessary. */
  readonly additional: Files;
}

/** What came of asking a driver for a credential (registration 6.2). */
export type CredentialResult =
  /** Nothing to save: what is stored is good, or the hub has not answered yet, or no more may be asked for. */
  | {
      readonly kind: 'nothing';
      readonly condition?: ConditionUpdate;
      /** Look again after this time, whether or not anything happens. */
      readonly lookAgainMs?: number;
      /** When what is stored ends; absent when nothing usable is stored. */
      readonly expires?: Date;
      /** What somebody on the hub has to do. */
      readonly wait?: CredentialWait;
    }
  /** To be saved under these keys of the secret, beside the additional data. */
  | { readonly kind: 'issued'; readonly data: Files; readonly condition?: ConditionUpdate }
  | {
      readonly kind: 'failed';
      readonly error: Error;
      readonly condition?: ConditionUpdate;
      /** As above. */
      readonly expires?: Date;
    };

/** Why a credential that was asked for is not there yet. */
export type CredentialWait =
  /** Nobody has decided about the request. */
  | { readonly kind: 'approval'; readonly request: string }
  | { readonly kind: 'denied'; readonly request: string }
  /** The signer refused it. */
  | { readonly kind: 'failed'; readonly request: string; readonly signer: string; readonly message: string }
  /** It is approved, and the signer has not signed it. */
  | { readonly kind: 'signature'; readonly request: string; readonly signer: string; readonly since: Date }
  /** No more requests may be made. */
  | { readonly kind: 'limit'; readonly requests: number };

/** Gets and renews the content of one secret. The cluster has one; each registration of an add-on has one of its own. */
export interface CredentialDriver {
  /** What makes another look worthwhile, beside changes of the secret. */
  readonly watches: readonly WatchSource[];
  /** `nothing` when that can be told without a request, else `undefined`: then the secret is read live and processed. */
  glance(request: CredentialRequest): Extract<CredentialResult, { kind: 'nothing' }> | undefined;
  /** One step. Expected outcomes are results; what it throws is retried. */
  process(request: CredentialRequest, signal: AbortSignal): Promise<CredentialResult>;
}
