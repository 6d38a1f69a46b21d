import {
  type CertificateSigningRequest,
  clusterConditions,
  type ConditionUpdate,
  credentialKeys,
  timestamp,
} from '@ocm/api';
import { type Certificate, isExpired, remainingFraction, type Subject, validityOf } from '@ocm/pki';
import type { CredentialRequest } from '../credential/credential-driver.ts';
import { readChain } from './judge-certificate.ts';

const { certificateRotated } = clusterConditions;

/** A request that is on its way. The key is nowhere else: a restart makes the request useless. */
export interface PendingCsr {
  readonly name: string;
  /** Secret. */
  readonly privateKeyPem: string;
}

/** At this many requests of one credential on the hub no more are made (registration 6.3). */
export const CSR_LIMIT = 10;

/** What has become of a pending request. */
export type PendingVerdict =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'issued'; readonly certificatePem: string; readonly condition: ConditionUpdate }
  /** The request is of no use any more; another one has to be made. */
  | { readonly kind: 'lost'; readonly problem: string; readonly condition: ConditionUpdate };

/**
 * What a pending request has come to (registration 6.3).
 *
 * @param csr as the hub has it; `undefined` when it is gone
 * @param matches whether a certificate belongs to the key of the request
 */
export function judgePending(
  pending: PendingCsr,
  csr: CertificateSigningRequest | undefined,
  matches: (certificatePem: string, privateKeyPem: string) => boolean,
): PendingVerdict {
  if (csr === undefined) return lost(`unable to get csr "${pending.name}": it does not exist any more`);
  const { certificate, conditions = [] } = csr.status ?? {};
  const denied = conditions.some(({ type }) => type === 'Denied');
  const approved = conditions.some(({ type }) => type === 'Approved');
  if (denied || !approved || !certificate) return { kind: 'waiting' };
  const certificatePem = Buffer.from(certificate, 'base64').toString('utf8');
  const chain = readChain(certificatePem);
  if (chain === undefined) return lost(`the certificate of csr "${pending.name}" cannot be read`);
  if (!matches(certificatePem, pending.privateKeyPem)) {
    return lost(`the certificate of csr "${pending.name}" does not belong to the key of the request`);
  }
  return { kind: 'issued', certificatePem, condition: rotated(chain) };
}

/** Whether a new certificate has to be asked for. */
export type CertificateNeed =
  | { readonly kind: 'current'; readonly condition: ConditionUpdate }
  | { readonly kind: 'request'; readonly reason: string };

export interface CertificateWish extends CredentialRequest {
  readonly subject: Subject;
  /** The share of the lifetime at which a certificate is renewed. */
  readonly rotateAt: number;
}

/** Whether the stored certificate and data will do (registration 6.3, rules a to c). */
export function judgeStored({ stored, additional, subject, rotateAt }: CertificateWish, now: Date): CertificateNeed {
  const pem = stored[credentialKeys.certificate];
  if (pem === undefined) return request('there is no certificate yet');
  if (stored[credentialKeys.privateKey] === undefined) return request('the certificate has no key');
  const chain = readChain(pem);
  if (chain === undefined) return request('the stored certificate cannot be read');
  if (isExpired(chain, now)) return request('the stored certificate has expired');
  if (!chain.some((certificate) => isFor(certificate, subject))) {
    return request('the stored certificate is for another subject');
  }
  const changed = Object.keys(additional).filter((key) => stored[key] !== additional[key]);
  if (changed.length > 0) return request(`the stored ${changed.join(', ')} is not what it should be`);
  const left = remainingFraction(validityOf(chain), now);
  if (left <= rotateAt) return request(`${Math.round(left * 100)} % of the certificate's lifetime are left`);
  return { kind: 'current', condition: rotated(chain) };
}

/** Between 20 % and 25 % of the lifetime, so that agents that joined together do not renew together. */
export function drawRotationPoint(random: () => number): number {
  return 0.2 + 0.05 * random();
}

/** The condition of an agent that has asked often enough (registration 6.3). */
export function tooManyRequests(count: number): ConditionUpdate {
  return failed(
    `too many CSRs exist: ${count} of this cluster are on the hub and at most ${CSR_LIMIT} are made; ` +
      'approve, deny or delete them, or wait until the hub removes them',
  );
}

/** The condition when the hub did not take a request. */
export function requestFailed(problem: string): ConditionUpdate {
  return failed(`Failed to create CSR: ${problem}`);
}

function rotated(chain: readonly Certificate[]): ConditionUpdate {
  const { notBefore, notAfter } = validityOf(chain);
  const message = `client certificate rotated starting from ${timestamp(notBefore)} to ${timestamp(notAfter)}`;
  return { ...certificateRotated.updated, message };
}

const request = (reason: string): CertificateNeed => ({ kind: 'request', reason });

function lost(problem: string): PendingVerdict {
  return { kind: 'lost', problem, condition: failed(problem) };
}

const failed = (message: string): ConditionUpdate => ({ ...certificateRotated.failed, message });

function isFor({ subject }: Certificate, wanted: Subject): boolean {
  return (
    subject.commonName === wanted.commonName &&
    sameMembers(subject.organizations, wanted.organizations) &&
    sameMembers(subject.organizationalUnits, wanted.organizationalUnits)
  );
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return new Set(a).symmetricDifference(new Set(b)).size === 0;
}
