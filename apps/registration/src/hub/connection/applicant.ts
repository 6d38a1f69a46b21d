import { type CertificateSigningRequest, parseClusterGroup, parseClusterUser, signers } from '@ocm/api';
import { type ApprovalPolicy, checkForm, type Requester } from '../csr/judge-csr.ts';

export type ApplicantPolicy = Pick<ApprovalPolicy, 'signerName' | 'requesterOf'>;

const AGENT_SIGNERS: readonly string[] = Object.values(signers);

/**
 * Who made a request.
 *
 * @param organizations that it asks for: over gRPC they stand for the groups, which the server does not say
 */
export function applicantOf(
  csr: CertificateSigningRequest,
  policies: readonly ApplicantPolicy[],
  organizations: readonly string[] = [],
): Requester {
  const policy = policies.find(({ signerName }) => signerName === csr.spec.signerName);
  return policy?.requesterOf?.(csr, organizations) ?? csr.spec;
}

/**
 * Whether a request may be that of the agent of the cluster that its label names. Whoever may make requests can label them with any cluster, and
 * no administrator should be pointed at one that is malformed, is for a signer that agents do not use, or was made by the agent of another
 * cluster.
 */
export function mayBeOwn(csr: CertificateSigningRequest, policies: readonly ApplicantPolicy[]): boolean {
  const { signerName } = csr.spec;
  if (!AGENT_SIGNERS.includes(signerName)) return false;
  const form = checkForm(csr, signerName);
  return form.kind === 'well-formed' && !isOfAnother(applicantOf(csr, policies, form.organizations), form.cluster);
}

function isOfAnother({ username = '', groups }: Requester, cluster: string): boolean {
  const clusters = [parseClusterUser(username)?.cluster, ...(groups ?? []).map(parseClusterGroup)];
  return clusters.some((each) => each !== undefined && each !== cluster);
}
