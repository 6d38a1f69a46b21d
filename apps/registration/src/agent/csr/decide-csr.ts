import { createHash } from 'node:crypto';
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  clusterConditions,
  type ConditionUpdate,
  credentialKeys,
  timestamp,
} from '@ocm/api';
import { type Certificate, isExpired, remainingFraction, type Subject, type Validity, validityOf } from '@ocm/pki';
import type { CredentialRequest, CredentialWait } from '../credential/credential-driver.ts';
import { isPair, readChain } from './judge-certificate.ts';

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
  | { readonly kind: 'waiting'; readonly wait: CredentialWait }
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
  const wait = waitFor(csr);
  if (wait !== undefined) return { kind: 'waiting', wait };
  const { certificate = '' } = csr.status ?? {};
  const certificatePem = Buffer.from(certificate, 'base64').toString('utf8');
  const chain = readChain(certificatePem);
  if (chain === undefined) return lost(`the certificate of csr "${pending.name}" cannot be read`);
  if (!matches(certificatePem, pending.privateKeyPem)) {
    return lost(`the certificate of csr "${pending.name}" does not belong to the key of the request`);
  }
  return { kind: 'issued', certificatePem, condition: rotated(chain) };
}

/** Who has to act before there is a certificate; `undefined` when it is there. */
function waitFor(csr: CertificateSigningRequest): CredentialWait | undefined {
  const request = csr.metadata.name;
  if (conditionOf(csr, 'Denied') !== undefined) return { kind: 'denied', request };
  const approval = conditionOf(csr, 'Approved');
  if (approval === undefined) return { kind: 'approval', request };
  return csr.status?.certificate ? undefined : waitForSigner(csr, approval);
}

function waitForSigner(csr: CertificateSigningRequest, approval: CertificateSigningRequestCondition): CredentialWait {
  const { metadata, spec } = csr;
  const [request, signer] = [metadata.name, spec.signerName];
  const failure = conditionOf(csr, 'Failed');
  if (failure !== undefined) {
    return { kind: 'failed', request, signer, message: (failure.message ?? '').slice(0, MAX_QUOTE_LENGTH) };
  }
  const { lastTransitionTime = approval.lastUpdateTime } = approval;
  const since = new Date(lastTransitionTime ?? metadata.creationTimestamp ?? 0);
  return { kind: 'signature', request, signer, since };
}

function conditionOf(
  { status }: CertificateSigningRequest,
  type: CertificateSigningRequestCondition['type'],
): CertificateSigningRequestCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

const MAX_QUOTE_LENGTH = 500;

/** Whether a new certificate has to be asked for. */
export type CertificateNeed =
  | {
      readonly kind: 'current';
      readonly condition: ConditionUpdate;
      readonly expires: Date;
      /** Milliseconds until it has to be renewed. */
      readonly renewInMs: number;
    }
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
  const key = stored[credentialKeys.privateKey];
  if (key === undefined) return request('the certificate has no key');
  const chain = readChain(pem);
  if (chain === undefined) return request('the stored certificate cannot be read');
  if (!isPair(pem, key)) return request('the stored certificate belongs to another key');
  if (isExpired(chain, now)) return request('the stored certificate has expired');
  if (!chain.some((certificate) => isFor(certificate, subject))) {
    return request('the stored certificate is for another subject');
  }
  const changed = Object.keys(additional).filter((key) => stored[key] !== additional[key]);
  if (changed.length > 0) return request(`the stored ${changed.join(', ')} is not what it should be`);
  const validity = validityOf(chain);
  const left = remainingFraction(validity, now);
  if (left <= rotateAt) return request(`${Math.round(left * 100)} % of the certificate's lifetime are left`);
  const renewInMs = untilShareIsLeftMs(validity, rotateAt, now);
  return { kind: 'current', condition: rotated(chain), expires: validity.notAfter, renewInMs };
}

/**
 * The share of its lifetime at which this certificate is renewed, between 20 % and 25 %. It follows from the certificate alone: drawn
 * anew at each look, nearly all agents of a fleet would soon draw something close to 25 %, and renew together.
 */
export function rotationPoint(certificatePem: string): number {
  const digest = createHash('sha256').update(certificatePem).digest();
  return 0.2 + 0.05 * (digest.readUInt32BE() / 2 ** 32);
}

/** With less than this share of its lifetime, a certificate that is not renewed is a problem that people should see. */
const URGENT_SHARE = 0.1;

/** How near its end the stored certificate is, while a new one is waited for. */
export type Urgency =
  | { readonly kind: 'none' }
  | { readonly kind: 'later'; readonly expires: Date; readonly urgentInMs: number }
  | { readonly kind: 'urgent'; readonly expires: Date };

export function judgeUrgency(certificatePem: string | undefined, now: Date): Urgency {
  const chain = certificatePem === undefined ? undefined : readChain(certificatePem);
  if (chain === undefined) return { kind: 'none' };
  const validity = validityOf(chain);
  const expires = validity.notAfter;
  if (remainingFraction(validity, now) <= URGENT_SHARE) return { kind: 'urgent', expires };
  return { kind: 'later', expires, urgentInMs: untilShareIsLeftMs(validity, URGENT_SHARE, now) };
}

/** The condition of an agent whose certificate ends soon, or has ended, while nobody issues a new one. */
export function notRenewedInTime(expires: Date, { problem, next }: Obstacle): ConditionUpdate {
  return updateFailed(
    `the client certificate expires at ${timestamp(expires)} and is not renewed: ${problem}; ${next}`,
  );
}

/** What keeps a certificate from being renewed, and what to do about it. */
export interface Obstacle {
  readonly problem: string;
  readonly next: string;
}

/** What is waited for, and what to do about it. */
export function describeWait(wait: CredentialWait): Obstacle {
  switch (wait.kind) {
    case 'approval':
      return {
        problem: `CSR ${wait.request} is not approved`,
        next: `on the hub: kubectl certificate approve ${wait.request}`,
      };
    case 'denied':
      return {
        problem: `CSR ${wait.request} was denied`,
        next: `if that was a mistake, delete it on the hub and approve the next one: kubectl delete csr ${wait.request}`,
      };
    case 'failed':
      return {
        problem: `the signer ${wait.signer} failed with CSR ${wait.request}${wait.message === '' ? '' : ` (${wait.message})`}`,
        next: `mend that on the hub, then delete the request, and the agent makes another: kubectl delete csr ${wait.request}`,
      };
    case 'signature':
      return {
        problem: `CSR ${wait.request} is approved, but no controller signs for ${wait.signer}`,
        next: 'see that kube-controller-manager (or the signer of that name) runs on the hub with a CA to sign with',
      };
    case 'limit':
      return {
        problem: `${wait.requests} CSRs of this cluster are on the hub, and no more are made`,
        next: 'approve, deny or delete them',
      };
  }
}

function untilShareIsLeftMs({ notBefore, notAfter }: Validity, share: number, now: Date): number {
  const totalMs = notAfter.getTime() - notBefore.getTime();
  // A second more: the clock of the timer and that of the calendar need not agree to the millisecond.
  return Math.max(0, notAfter.getTime() - share * totalMs - now.getTime()) + 1000;
}

/** The condition of an agent that has asked often enough (registration 6.3). */
export function tooManyRequests(count: number): ConditionUpdate {
  return updateFailed(
    `too many CSRs exist: ${count} of this cluster are on the hub and at most ${CSR_LIMIT} are made; ` +
      'approve, deny or delete them, or wait until the hub removes them',
  );
}

/** The condition when the hub did not take a request. */
export function requestFailed(problem: string): ConditionUpdate {
  return updateFailed(`Failed to create CSR: ${problem}`);
}

function rotated(chain: readonly Certificate[]): ConditionUpdate {
  const { notBefore, notAfter } = validityOf(chain);
  const message = `client certificate rotated starting from ${timestamp(notBefore)} to ${timestamp(notAfter)}`;
  return { ...certificateRotated.updated, message };
}

const request = (reason: string): CertificateNeed => ({ kind: 'request', reason });

function lost(problem: string): PendingVerdict {
  return { kind: 'lost', problem, condition: updateFailed(problem) };
}

/** The condition when a certificate could not be had, and why. */
export function updateFailed(message: string): ConditionUpdate {
  return { ...certificateRotated.failed, message };
}

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
