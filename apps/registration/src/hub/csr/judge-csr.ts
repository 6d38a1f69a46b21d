import {
  type CertificateSigningRequest,
  clusterGroup,
  labels,
  managedClustersGroup,
  parseClusterUser,
  virtualResources,
} from '@ocm/api';
import type { AccessQuestion } from '@ocm/kube';
import { isPkiError, parseCertificateRequest } from '@ocm/pki';

/** In whose name a request is made, as far as an access review wants to know. */
export type Requester = Pick<CertificateSigningRequest['spec'], 'username' | 'uid' | 'groups' | 'extra'>;

export interface ApprovalPolicy {
  /** The only signer whose requests are looked at. */
  readonly signerName: string;
  /** Who makes a request that asks for these organizations; without it, the user whom the API server has noted. */
  readonly requesterOf?: (csr: CertificateSigningRequest, organizations: readonly string[]) => Requester;
  /** Users whose first requests are approved without a human; empty unless the gate ManagedClusterAutoApproval is on (registration 9). */
  readonly autoApprovedUsers: ReadonlySet<string>;
}

export type CsrVerdict =
  | { readonly kind: 'decided' }
  | { readonly kind: 'malformed'; readonly problem: string }
  /** The agent renews its own certificate: approve when an access review allows it, and never otherwise. */
  | { readonly kind: 'renewal'; readonly cluster: string; readonly requester: Requester }
  /** A user of the auto approval list asks for the first certificate. */
  | { readonly kind: 'approve'; readonly cluster: string; readonly requester: Requester }
  | { readonly kind: 'leave-to-human'; readonly cluster: string };

/** What the hub does with a certificate request of a cluster agent (registration 7). */
export function judgeCsr(csr: CertificateSigningRequest, policy: ApprovalPolicy): CsrVerdict {
  if (isDecided(csr)) return { kind: 'decided' };
  const form = checkForm(csr, policy.signerName);
  if (form.kind === 'malformed') return form;
  const { cluster, commonName, organizations } = form;
  const requester = policy.requesterOf?.(csr, organizations) ?? csr.spec;
  // A renewal that the review refuses must not fall through to the auto approval list.
  if (requester.username === commonName) return { kind: 'renewal', cluster, requester };
  const isListed = policy.autoApprovedUsers.has(requester.username ?? '');
  return isListed ? { kind: 'approve', cluster, requester } : { kind: 'leave-to-human', cluster };
}

/**
 * What is asked before a renewal is approved. It names no cluster: the rule that allows it is in the ClusterRole of each accepted cluster,
 * without resource names, and goes with a denial.
 */
export function renewalReview({ username = '', uid, groups, extra }: Requester): AccessQuestion {
  return {
    user: username,
    ...(uid === undefined ? {} : { uid }),
    ...(groups === undefined ? {} : { groups }),
    ...(extra === undefined ? {} : { extra }),
    resource: virtualResources.renewCertificate,
  };
}

export function isDecided({ status }: CertificateSigningRequest): boolean {
  return status?.conditions?.some(({ type }) => type === 'Approved' || type === 'Denied') ?? false;
}

type Malformed = { readonly kind: 'malformed'; readonly problem: string };

type Form =
  | Malformed
  | {
      readonly kind: 'well-formed';
      readonly cluster: string;
      readonly commonName: string;
      readonly organizations: readonly string[];
    };

/** Whether it asks for exactly the identity of an agent of the cluster that its label names, from this signer (registration 7). */
export function checkForm({ metadata, spec }: CertificateSigningRequest, signerName: string): Form {
  const cluster = metadata.labels?.[labels.clusterName] ?? '';
  if (cluster === '') return malformed(`label ${labels.clusterName} is missing or empty`);
  if (metadata.labels?.[labels.addOnName] !== undefined) return malformed('it is a request of an add-on');
  if (spec.signerName !== signerName) return malformed(`signer is "${spec.signerName}", not "${signerName}"`);
  const subject = readSubject(spec.request);
  return subject.kind === 'malformed' ? subject : checkSubject(subject, cluster);
}

function checkSubject({ commonName, organizations, dnsNames }: RequestedSubject, cluster: string): Form {
  if (!isGroupOf(cluster, organizations)) {
    return malformed(`organizations [${organizations.join(', ')}] are not those of cluster "${cluster}"`);
  }
  // Whole parts are compared: by a prefix, cluster "a" could act as "ab".
  if (parseClusterUser(commonName)?.cluster !== cluster) {
    return malformed(`common name "${commonName}" is not that of an agent of cluster "${cluster}"`);
  }
  // The gRPC signer gives certificates for servers, too: with the name of the hub in it, a cluster could pose as the hub.
  if (dnsNames.length > 0) return malformed(`agents have no DNS names, as [${dnsNames.join(', ')}]`);
  return { kind: 'well-formed', cluster, commonName, organizations };
}

/** Exactly the group of the cluster, with or without the group of all clusters. */
function isGroupOf(cluster: string, organizations: readonly string[]): boolean {
  const groups = new Set(organizations);
  groups.delete(managedClustersGroup);
  return groups.size === 1 && groups.has(clusterGroup(cluster));
}

interface RequestedSubject {
  readonly kind: 'subject';
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
}

function readSubject(request: string): Malformed | RequestedSubject {
  try {
    const { commonName, organizations, dnsNames } = parseCertificateRequest(Buffer.from(request, 'base64').toString());
    return { kind: 'subject', commonName, organizations, dnsNames };
  } catch (error) {
    if (!isPkiError(error)) throw error;
    return malformed(error.message);
  }
}

function malformed(problem: string): Malformed {
  return { kind: 'malformed', problem };
}
