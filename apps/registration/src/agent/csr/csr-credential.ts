import { type CertificateSigningRequest, credentialKeys, labels, type NewObject } from '@ocm/api';
import type { Clock, Informer, Resource } from '@ocm/kube';
import { certificateMatchesKey, createCertificateRequest, generateKey, type Subject } from '@ocm/pki';
import type {
  CredentialDriver,
  CredentialRequest,
  CredentialResult,
  CredentialWait,
} from '../credential/credential-driver.ts';
import {
  type CertificateNeed,
  CSR_LIMIT,
  describeWait,
  judgePending,
  judgeStored,
  judgeUrgency,
  notRenewedInTime,
  type PendingCsr,
  requestFailed,
  rotationPoint,
  tooManyRequests,
  updateFailed,
} from './decide-csr.ts';
import type { TryPair } from './try-certificate.ts';

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
  /** Shows a new pair to the hub before it replaces the old one. */
  readonly tryPair: TryPair;
}

const KEY = 'csr';

type Nothing = Extract<CredentialResult, { kind: 'nothing' }>;

/** A credential whose certificate the hub signs on request (registration 6.3). The pending key lives in here and nowhere else. */
export function csrCredential(context: CsrContext): CredentialDriver {
  const { template, requests, cache, clock, tryPair } = context;
  let pending: PendingCsr | undefined;

  const need = (request: CredentialRequest): CertificateNeed => {
    const rotateAt = rotationPoint(request.stored[credentialKeys.certificate] ?? '');
    return judgeStored({ ...request, subject: template.subject, rotateAt }, clock.now());
  };

  async function collect(
    current: PendingCsr,
    request: CredentialRequest,
    signal: AbortSignal,
  ): Promise<CredentialResult> {
    const csr = cache.get(current.name) ?? (await requests.find(current.name, { signal }));
    const verdict = judgePending(current, csr, certificateMatchesKey);
    if (verdict.kind === 'waiting') return waiting(request, verdict.wait, clock.now());
    if (verdict.kind === 'lost') {
      pending = undefined;
      return { kind: 'failed', error: new Error(verdict.problem), condition: verdict.condition };
    }
    const pair = { certificatePem: verdict.certificatePem, privateKeyPem: current.privateKeyPem };
    const trial = await tryPair(pair, signal);
    if (trial.kind === 'unanswered') return unanswered(request, trial.error, clock.now());
    pending = undefined;
    if (trial.kind === 'rejected') return rejected(current, trial.problem);
    const data = { [credentialKeys.certificate]: pair.certificatePem, [credentialKeys.privateKey]: pair.privateKeyPem };
    return { kind: 'issued', data, condition: verdict.condition };
  }

  async function ask(request: CredentialRequest, signal: AbortSignal): Promise<CredentialResult> {
    const existing = cache.list().filter((csr) => isOfSameCredential(csr, template)).length;
    if (existing >= CSR_LIMIT) {
      const result = waiting(request, { kind: 'limit', requests: existing }, clock.now());
      return { ...result, condition: tooManyRequests(existing) };
    }
    const key = await generateKey();
    const csr = requestFor(
      template,
      createCertificateRequest({ key, ...template.subject, dnsNames: template.dnsNames ?? [] }),
    );
    try {
      const created = await requests.create(csr, { signal });
      pending = { name: created.metadata.name, privateKeyPem: key.privateKeyPem };
      cache.learn(created); // or whoever asks next, before the watch has shown it, would not count it
      return waiting(request, { kind: 'approval', request: created.metadata.name }, clock.now());
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      const error = new Error(`cannot ask the hub for a client certificate: ${problem}`, { cause });
      return { kind: 'failed', error, condition: requestFailed(problem), ...endOf(request, clock.now()) };
    }
  }

  return {
    watches: [cache.events(({ object }) => (answers(object, template) ? KEY : undefined))],
    glance(request) {
      if (pending === undefined) return currentOrNothing(need(request));
      const csr = cache.get(pending.name);
      const verdict = csr === undefined ? undefined : judgePending(pending, csr, certificateMatchesKey);
      return verdict?.kind === 'waiting' ? waiting(request, verdict.wait, clock.now()) : undefined;
    },
    async process(request, signal) {
      if (pending !== undefined) return collect(pending, request, signal);
      return currentOrNothing(need(request)) ?? ask(request, signal);
    },
  };
}

/** The condition is that of the stored certificate, so that a crash after saving it does not lose the news. */
function currentOrNothing(need: CertificateNeed): Nothing | undefined {
  if (need.kind !== 'current') return undefined;
  const { condition, expires, renewInMs } = need;
  return { kind: 'nothing', condition, expires, lookAgainMs: renewInMs };
}

/** When the stored certificate ends, if there is one. */
function endOf({ stored }: CredentialRequest, now: Date): { readonly expires?: Date } {
  const urgency = judgeUrgency(stored[credentialKeys.certificate], now);
  return urgency.kind === 'none' ? {} : { expires: urgency.expires };
}

/** Silent at first, and aloud when the certificate in use nears its end. */
function waiting({ stored }: CredentialRequest, wait: CredentialWait, now: Date): Nothing {
  const urgency = judgeUrgency(stored[credentialKeys.certificate], now);
  switch (urgency.kind) {
    case 'none':
      return { kind: 'nothing', wait };
    case 'later':
      return { kind: 'nothing', wait, expires: urgency.expires, lookAgainMs: urgency.urgentInMs };
    case 'urgent':
      return {
        kind: 'nothing',
        wait,
        expires: urgency.expires,
        condition: notRenewedInTime(urgency.expires, describeWait(wait)),
      };
  }
}

/** The hub may still hear us over the connection that is open, and so be told when the certificate in use nears its end. */
function unanswered({ stored }: CredentialRequest, cause: Error, now: Date): CredentialResult {
  const error = new Error('the hub could not be shown the new certificate; the one in use stays', { cause });
  const urgency = judgeUrgency(stored[credentialKeys.certificate], now);
  switch (urgency.kind) {
    case 'none':
      return { kind: 'failed', error };
    case 'later':
      return { kind: 'failed', error, expires: urgency.expires };
    case 'urgent': {
      const problem = `the hub could not be shown the new one: ${cause.message}`;
      const next = 'see that the hub takes new connections from this cluster';
      const condition = notRenewedInTime(urgency.expires, { problem, next });
      return { kind: 'failed', error, expires: urgency.expires, condition };
    }
  }
}

function rejected({ name }: PendingCsr, problem: string): CredentialResult {
  const text = `the hub does not accept the certificate of csr "${name}": ${problem}`;
  return { kind: 'failed', error: new Error(text), condition: updateFailed(text) };
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

/** Whether a request may be the one that is waited for. */
function answers(csr: CertificateSigningRequest, template: CsrTemplate): boolean {
  const { metadata, spec } = csr;
  const isOurs = isOfSameCredential(csr, template) && spec.signerName === template.signerName;
  return isOurs && metadata.name.startsWith(template.namePrefix);
}

/** Requests of a cluster and of each of its add-ons are counted and followed apart. */
function isOfSameCredential({ metadata }: CertificateSigningRequest, template: CsrTemplate): boolean {
  return [labels.clusterName, labels.addOnName].every((key) => metadata.labels?.[key] === template.labels[key]);
}
