import type { Kind } from '../kind.ts';
import type { KubeObject, Timestamp } from '../meta.ts';

/** v1 ServiceAccount. */
export interface ServiceAccount extends KubeObject {
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly automountServiceAccountToken?: boolean;
}

export const ServiceAccount: Kind<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** authentication.k8s.io/v1 TokenRequest: the body and the answer of POST to the `token` subresource of a ServiceAccount. */
export interface TokenRequest extends KubeObject {
  readonly spec: {
    /** Empty means the API server itself. */
    readonly audiences: readonly string[];
    readonly expirationSeconds?: number;
  };
  readonly status?: { readonly token: string; readonly expirationTimestamp: Timestamp };
}
