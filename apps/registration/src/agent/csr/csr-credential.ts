import { type CertificateSigningRequest, type ConditionUpdate, credentialKeys, labels, type NewObject } from '@ocm/api';
import type { Clock, Informer, Resource } from '@ocm/kube';
import { certificateMatchesKey, createCertificateRequest, generateKey, type Subject } from '@ocm/pki';
import type { CredentialDriver, CredentialRequest, CredentialResult } from '../credential/credential-driver.ts';
import {
  type CertificateNeed,
  CSR_LIMIT,
  drawRotationPoint,
  judgePending,
  judgeStored,
  type PendingCsr,
  type PendingVerdict,
  requestFailed,
  tooManyRequests,
} from './decide-csr.ts';

/** What is asked for, and how the requests are told from those of others (registration 6.3). */
export interface CsrTemplate {
  /** Of the names of the requests. */
  readonly namePrefix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly signerName: string;
  readonly subject: Subject;
  readonly dnsNames?: readonly string[];
  /** 0 leaves the lifetime to the signer. */
  readonly expirationSeconds: number;
}

export interface CsrContext {
  readonly template: CsrTemplate;
  readonly requests: Pick<Resource<CertificateSigningRequest>, 'create' | 'find'>;
  /** Requests of this cluster, with or without those of its add-ons. */
  readonly cache: Informer<CertificateSigningRequest>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: () => number;
}

const KEY = 'csr';

/** A credential whose certificate the hub signs on request (registration 6.3). The pending key lives in here and nowhere else. */
export function csrCredential(context: CsrContext): CredentialDriver {
  const { template, requests, cache, clock, random } = context;
  let pending: PendingCsr | undefined;

  const need = (request: CredentialRequest): CertificateNeed =>
    judgeStored({ ...request, subject: template.subject, rotateAt: drawRotationPoint(random) }, clock.now());

  async function collect(current: PendingCsr, signal: AbortSignal): Promise<CredentialResult> {
    const csr = cache.get(current.name) ?? (await requests.find(current.name, { signal }));
    const verdict = judgePending(current, csr, certificateMatchesKey);
    if (verdict.kind === 'waiting') return { kind: 'nothing' };
    pending = undefined;
    return resultOf(verdict, current);
  }

  async function ask(signal: AbortSignal): Promise<CredentialResult> {
    const existing = cache.list().filter((csr) => isOfSameCredential(csr, template)).length;
    if (existing >= CSR_LIMIT) return { kind: 'nothing', condition: tooManyRequests(existing) };
    const key = await generateKey();
    const csr = requestFor(
      template,
      createCertificateRequest({ key, ...template.subject, dnsNames: template.dnsNames ?? [] }),
    );
    try {
      const created = await requests.create(csr, { signal });
      pending = { name: created.metadata.name, privateKeyPem: key.privateKeyPem };
      return { kind: 'nothing' };
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      const error = new Error(`cannot ask the hub for a client certificate: ${problem}`, { cause });
      return { kind: 'failed', error, condition: requestFailed(problem) };
    }
  }

  return {
    watches: [
      cache.events(({ object }) =>
        isOfSameCredential(object, template) && object.metadata.name.startsWith(template.namePrefix) ? KEY : undefined,
      ),
    ],
    glance(request) {
      if (pending === undefined) return currentOrNothing(need(request));
      const csr = cache.get(pending.name);
      const waiting = csr !== undefined && judgePending(pending, csr, certificateMatchesKey).kind === 'waiting';
      return waiting ? { kind: 'nothing' } : undefined;
    },
    async process(request, signal) {
      if (pending !== undefined) return collect(pending, signal);
      return currentOrNothing(need(request)) ?? ask(signal);
    },
  };
}

/** The condition is that of the stored certificate, so that a crash after saving it does not lose the news. */
function currentOrNothing(need: CertificateNeed): { kind: 'nothing'; condition: ConditionUpdate } | undefined {
  return need.kind === 'current' ? { kind: 'nothing', condition: need.condition } : undefined;
}

function resultOf(
  verdict: Exclude<PendingVerdict, { kind: 'waiting' }>,
  { privateKeyPem }: PendingCsr,
): CredentialResult {
  const { condition } = verdict;
  return verdict.kind === 'lost'
    ? { kind: 'failed', error: new Error(verdict.problem), condition }
    : {
        kind: 'issued',
        data: { [credentialKeys.certificate]: verdict.certificatePem, [credentialKeys.privateKey]: privateKeyPem },
        condition,
      };
}

function requestFor(template: CsrTemplate, pem: string): NewObject<CertificateSigningRequest> {
  const { namePrefix, signerName, expirationSeconds } = template;
  return {
    metadata: { generateName: namePrefix, labels: template.labels },
    spec: {
      request: Buffer.from(pem).toString('base64'),
      signerName,
      usages: ['digital signature', 'key encipherment', 'client auth'],
      ...(expirationSeconds === 0 ? {} : { expirationSeconds }),
    },
  };
}

/** Requests of a cluster and of each of its add-ons are counted and followed apart. */
function isOfSameCredential({ metadata }: CertificateSigningRequest, template: CsrTemplate): boolean {
  return [labels.clusterName, labels.addOnName].every((key) => metadata.labels?.[key] === template.labels[key]);
}
