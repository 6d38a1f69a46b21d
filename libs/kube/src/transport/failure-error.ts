import { KubeError } from '../error.ts';
import type { Endpoint } from '../kubeconfig/endpoint.ts';
import type { RequestFailure } from './wire.ts';

const CA_REMEDY = "put the certificate of the server's authority into certificate-authority-data of the kubeconfig";
const CLIENT_REMEDY = 'the client certificate must be renewed, or issued by an authority that the server trusts';

/** Codes of Node's TLS: what is wrong with the server's certificate, and what to do. */
const SERVER_CERTIFICATE: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['is not signed by the certificate authority of the kubeconfig', CA_REMEDY],
  UNABLE_TO_GET_ISSUER_CERT: ['is not signed by the certificate authority of the kubeconfig', CA_REMEDY],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['is not signed by the certificate authority of the kubeconfig', CA_REMEDY],
  SELF_SIGNED_CERT_IN_CHAIN: ['is not signed by the certificate authority of the kubeconfig', CA_REMEDY],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['is self-signed and not in the kubeconfig', CA_REMEDY],
  CERT_SIGNATURE_FAILURE: ['has a signature of another authority with the same name', CA_REMEDY],
  CERT_HAS_EXPIRED: ['has expired', 'renew it, or correct the clock of this machine'],
  CERT_NOT_YET_VALID: ['is not valid yet', 'correct the clock of this machine'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'is for another name',
    'use a name or address of the certificate as server, or set tls-server-name',
  ],
};

/** TLS alerts with which a server turns down a client certificate, as OpenSSL names them. */
const CLIENT_CERTIFICATE =
  /ALERT_(CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN|REQUIRED)|BAD_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

/**
 * The error for a request that got no answer.
 *
 * @param doing what was being done to which object
 */
export function errorOfFailure(doing: string, failure: RequestFailure, endpoint: Endpoint): KubeError {
  const server = endpoint.url.origin;
  const cause = failure.cause;
  const code = codeOf(cause);
  const certificate = SERVER_CERTIFICATE[code];
  if (certificate !== undefined) {
    const [problem, remedy] = certificate;
    return new KubeError(`${doing}: the certificate of ${server} ${problem} (${code}); ${remedy}`, {
      code: 'untrusted',
      cause,
    });
  }
  if (CLIENT_CERTIFICATE.test(code)) {
    return new KubeError(`${doing}: ${server} turned the client certificate down (${code}); ${CLIENT_REMEDY}`, {
      code: 'untrusted',
      cause,
    });
  }
  const how = failure.kind === 'unreachable' ? `cannot connect to ${server}` : `lost the connection to ${server}`;
  return new KubeError(`${doing}: ${how}: ${messageOf(cause)}`, { code: 'unavailable', cause });
}

/** Whether the server turned our client certificate down in the TLS handshake, rather than we its certificate. Both are `untrusted`. */
export function refusesClientCertificate(error: unknown): boolean {
  return error instanceof KubeError && error.code === 'untrusted' && CLIENT_CERTIFICATE.test(codeOf(error.cause));
}

function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Node's error for several tried addresses has no message of its own. */
function messageOf(cause: unknown): string {
  const { message, errors } = cause as { readonly message?: string; readonly errors?: readonly unknown[] };
  if (errors !== undefined) return errors.map((error) => messageOf(error)).join('; ');
  return message?.trim() ?? String(cause);
}
