export { generateKey, type KeyPair, parsePrivateKey } from './key.ts';
export {
  type CertificateRequest,
  type CertificateRequestOptions,
  createCertificateRequest,
  parseCertificateRequest,
} from './certificate-request.ts';
export { type Certificate, certificateMatchesKey, parseCertificates } from './certificate.ts';
export type { Subject } from './subject.ts';
export { isExpired, remainingFraction, type Validity, validityOf } from './validity.ts';
export {
  type CertificateAuthority,
  type CertificateTemplate,
  type CertificateUsage,
  createCertificateAuthority,
  createSelfSignedCertificate,
  issueCertificate,
  issueKeyAndCertificate,
  type KeyAndCertificate,
} from './certificate-authority.ts';
export type { Hosts } from './alternative-names.ts';
export { isPkiError, PkiError, type PkiErrorCode } from './pki-error.ts';
