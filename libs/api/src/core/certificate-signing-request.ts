import type { Kind } from '../kind.ts';
import type { ConditionStatus, KubeObject, Timestamp } from '../meta.ts';

/** certificates.k8s.io/v1 CertificateSigningRequest. */
export interface CertificateSigningRequest extends KubeObject {
  readonly spec: {
    /** The PEM text of a PKCS #10 request, in base64. */
    readonly request: string;
    readonly signerName: string;
    readonly usages?: readonly string[];
    /** At least 600; the signer may issue for a shorter time. */
    readonly expirationSeconds?: number;
    /** Set by the API server: who made the request. */
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly status?: {
    readonly conditions?: readonly CertificateSigningRequestCondition[];
    /** PEM certificate chain in base64, once it is issued. */
    readonly certificate?: string;
  };
}

/** A decision about a request. Approved and Denied exclude each other and cannot be taken back. */
export interface CertificateSigningRequestCondition {
  readonly type: 'Approved' | 'Denied' | 'Failed';
  readonly status: ConditionStatus;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: Timestamp;
  readonly lastTransitionTime?: Timestamp;
}

export const CertificateSigningRequest: Kind<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
};
