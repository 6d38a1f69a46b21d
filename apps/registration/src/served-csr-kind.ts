import { CertificateSigningRequest } from '@ocm/api';
import type { RestMapper } from '@ocm/kube';

const V1BETA1 = { ...CertificateSigningRequest, version: 'v1beta1' };

/**
 * The version in which requests are made: v1, or v1beta1 on a hub that serves nothing else, when the gate V1beta1CSRAPICompatibility
 * allows it (registration 6.3). The content is the same.
 */
export async function servedCsrKind(
  mapper: RestMapper,
  allowV1beta1: boolean,
  signal: AbortSignal,
): Promise<typeof CertificateSigningRequest> {
  if (!allowV1beta1) return CertificateSigningRequest;
  const { group, version, kind } = CertificateSigningRequest;
  if ((await mapper.find({ group, version, kind }, { signal })) !== undefined) return CertificateSigningRequest;
  const served = await mapper.find({ group, version: V1BETA1.version, kind }, { signal });
  return served === undefined ? CertificateSigningRequest : V1BETA1;
}
