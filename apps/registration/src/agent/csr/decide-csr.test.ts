import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateSigningRequest } from '@ocm/api';
import { type CertificateAuthority, createCertificateAuthority, issueKeyAndCertificate } from '@ocm/pki';
import * as fc from 'fast-check';
import type { CredentialWait } from '../credential/credential-driver.ts';
import {
  type CertificateWish,
  describeWait,
  judgePending,
  judgeStored,
  judgeUrgency,
  notRenewedInTime,
  rotationPoint,
} from './decide-csr.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const GROUPS = ['system:open-cluster-management:c1', 'system:open-cluster-management:managed-clusters'];
const SUBJECT = {
  commonName: 'system:open-cluster-management:c1:a1',
  organizations: GROUPS,
  organizationalUnits: [],
};
const ADDITIONAL = { kubeconfig: 'k', 'cluster-name': 'c1', 'agent-name': 'a1' };
const PENDING = { name: 'c1-x', privateKeyPem: 'key' };

let authority: CertificateAuthority;
let certificate: string;
let key: string;
beforeAll(async () => {
  authority = await createCertificateAuthority({ commonName: 'ca', validityMs: 100 * HOUR_MS, now: NOW });
  ({ 'tls.crt': certificate, 'tls.key': key } = await pairFor(SUBJECT));
});

async function pairFor(subject: typeof SUBJECT): Promise<Record<'tls.crt' | 'tls.key', string>> {
  const notAfter = new Date(NOW.getTime() + 100 * HOUR_MS);
  const issued = await issueKeyAndCertificate(authority, { ...subject, usages: ['client'], notBefore: NOW, notAfter });
  return { 'tls.crt': issued.certificatePem, 'tls.key': issued.privateKeyPem };
}

const afterHours = (hours: number): Date => new Date(NOW.getTime() + hours * HOUR_MS);

function wish(over: Partial<CertificateWish> = {}): CertificateWish {
  const stored = { ...ADDITIONAL, 'tls.crt': certificate, 'tls.key': key };
  return { stored, additional: ADDITIONAL, subject: SUBJECT, rotateAt: 0.25, ...over };
}

describe('judgeStored', () => {
  test('[registration 13] a certificate with more than 25 % of its life left is current', () => {
    expect(judgeStored(wish(), afterHours(74))).toEqual({
      kind: 'current',
      condition: {
        type: 'ClusterCertificateRotated',
        status: 'True',
        reason: 'ClientCertificateUpdated',
        message: 'client certificate rotated starting from 2026-03-01T00:00:00Z to 2026-03-05T04:00:00Z',
      },
      expires: afterHours(100),
      renewInMs: HOUR_MS + 1000,
    });
  });

  test.each([
    { rotateAt: 0.25, hours: 75, want: 'request' },
    { rotateAt: 0.2, hours: 79, want: 'current' },
    { rotateAt: 0.2, hours: 80, want: 'request' },
  ])('[registration 12] at $hours of 100 hours and rotation at $rotateAt: $want', ({ rotateAt, hours, want }) => {
    expect(judgeStored(wish({ rotateAt }), afterHours(hours)).kind).toBe(want);
  });

  test('[registration 10] an expired one, one that cannot be read and none at all are replaced', () => {
    expect(judgeStored(wish(), afterHours(101)).kind).toBe('request');
    expect(judgeStored(wish({ stored: { ...ADDITIONAL, 'tls.crt': 'x', 'tls.key': 'k' } }), NOW).kind).toBe('request');
    expect(judgeStored(wish({ stored: ADDITIONAL }), NOW).kind).toBe('request');
    expect(judgeStored(wish({ stored: { ...ADDITIONAL, 'tls.crt': certificate } }), NOW).kind).toBe('request');
  });

  test.each([
    { ...SUBJECT, commonName: 'system:open-cluster-management:c1:a2' },
    { ...SUBJECT, organizations: GROUPS.slice(0, 1) },
    { ...SUBJECT, organizationalUnits: ['unit'] },
  ])('[registration 8] a certificate of another subject is replaced: %j', (subject) => {
    expect(judgeStored(wish({ subject }), NOW).kind).toBe('request');
  });

  test('the order of groups does not matter, and one member of the chain is enough', async () => {
    const reversed = { ...SUBJECT, organizations: GROUPS.toReversed() };
    expect(judgeStored(wish({ subject: reversed }), NOW).kind).toBe('current');
    const leaf = await pairFor({ ...SUBJECT, commonName: 'leaf' });
    const chain = { ...wish().stored, ...leaf, 'tls.crt': `${leaf['tls.crt']}${certificate}` };
    expect(judgeStored(wish({ stored: chain }), NOW).kind).toBe('current');
  });

  test('a certificate that belongs to another key is replaced', async () => {
    const { 'tls.key': other } = await pairFor(SUBJECT);
    const reason = 'the stored certificate belongs to another key';
    expect(judgeStored(wish({ stored: { ...wish().stored, 'tls.key': other } }), NOW)).toEqual({
      kind: 'request',
      reason,
    });
  });

  test.each(Object.keys(ADDITIONAL))('[registration 14] an edited or missing %s makes a request necessary', (key) => {
    const stored = { ...wish().stored, [key]: 'edited' };
    expect(judgeStored(wish({ stored }), NOW)).toEqual({
      kind: 'request',
      reason: `the stored ${key} is not what it should be`,
    });
    const { [key as 'kubeconfig']: _, ...without } = wish().stored as Record<'kubeconfig', string>;
    expect(judgeStored(wish({ stored: without }), NOW).kind).toBe('request');
  });
});

const csr = (status?: CertificateSigningRequest['status']): CertificateSigningRequest => ({
  metadata: { name: 'c1-x' },
  spec: { request: '', signerName: 's' },
  ...(status === undefined ? {} : { status }),
});
const approved = { type: 'Approved', status: 'True', lastTransitionTime: '2026-03-01T00:00:00Z' } as const;
const denied = { type: 'Denied', status: 'True' } as const;
const encoded = (): string => Buffer.from(certificate).toString('base64');

describe('judgePending', () => {
  test.each([
    ['undecided', undefined, { kind: 'approval', request: 'c1-x' }],
    [
      'approved but not signed',
      { conditions: [approved] },
      { kind: 'signature', request: 'c1-x', signer: 's', since: NOW },
    ],
    ['denied', { conditions: [denied] }, { kind: 'denied', request: 'c1-x' }],
    [
      'refused by its signer',
      { conditions: [approved, { type: 'Failed', status: 'True', message: 'no such usage' } as const] },
      { kind: 'failed', request: 'c1-x', signer: 's', message: 'no such usage' },
    ],
  ])('a request that is %s is waited for', (_, status, wait) => {
    expect(judgePending(PENDING, csr(status), () => true)).toEqual({ kind: 'waiting', wait });
  });

  test('a signed one gives its certificate', () => {
    const status = { conditions: [approved], certificate: encoded() };
    expect(judgePending(PENDING, csr(status), () => true)).toMatchObject({
      kind: 'issued',
      certificatePem: certificate,
      condition: { status: 'True', reason: 'ClientCertificateUpdated' },
    });
  });

  test.each([
    { what: 'is gone', answer: undefined, problem: 'unable to get csr "c1-x": it does not exist any more' },
    { what: 'has no certificate', answer: 'eA==', problem: 'the certificate of csr "c1-x" cannot be read' },
  ])('one that $what is lost', ({ answer, problem }) => {
    const seen = answer === undefined ? undefined : csr({ conditions: [approved], certificate: answer });
    expect(judgePending(PENDING, seen, () => true)).toEqual(lostWith(problem));
  });

  test('one whose certificate belongs to another key is lost', () => {
    const seen = csr({ conditions: [approved], certificate: encoded() });
    const problem = 'the certificate of csr "c1-x" does not belong to the key of the request';
    expect(judgePending(PENDING, seen, () => false)).toEqual(lostWith(problem));
  });
});

const lostWith = (problem: string): object => ({
  kind: 'lost',
  problem,
  condition: {
    type: 'ClusterCertificateRotated',
    status: 'False',
    reason: 'ClientCertificateUpdateFailed',
    message: problem,
  },
});

test('[registration 12] the rotation point lies between 20 % and 25 %, and is the same at each look', () => {
  fc.assert(
    fc.property(fc.string(), (pem) => {
      const point = rotationPoint(pem);
      expect(point).toBeGreaterThanOrEqual(0.2);
      expect(point).toBeLessThanOrEqual(0.25);
      expect(rotationPoint(pem)).toBe(point);
    }),
  );
});

test('rotation points of a fleet are spread over the whole range', () => {
  const points = Array.from({ length: 1000 }, (_, index) => rotationPoint(`certificate ${index}`));
  const tenths = Map.groupBy(points, (point) => Math.floor((point - 0.2) / 0.005));
  expect(Math.min(...[...tenths.values()].map(({ length }) => length))).toBeGreaterThan(50);
  expect(tenths.size).toBe(10);
});

test.each([
  { hours: 50, want: { kind: 'later', expires: afterHours(100), urgentInMs: 40 * HOUR_MS + 1000 } },
  { hours: 90, want: { kind: 'urgent', expires: afterHours(100) } },
  { hours: 101, want: { kind: 'urgent', expires: afterHours(100) } },
])('a certificate of 100 hours that is not renewed after $hours: $want.kind', ({ hours, want }) => {
  expect(judgeUrgency(certificate, afterHours(hours))).toEqual(want);
});

test.each([undefined, 'not a certificate'])('without a certificate (%s) nothing ends', (pem) => {
  expect(judgeUrgency(pem, NOW)).toEqual({ kind: 'none' });
});

test.each<{ readonly wait: CredentialWait; readonly says: string }>([
  { wait: { kind: 'approval', request: 'c1-x' }, says: 'kubectl certificate approve c1-x' },
  { wait: { kind: 'denied', request: 'c1-x' }, says: 'kubectl delete csr c1-x' },
  { wait: { kind: 'signature', request: 'c1-x', signer: 'a.b/c', since: NOW }, says: 'no controller signs for a.b/c' },
  { wait: { kind: 'failed', request: 'c1-x', signer: 'a.b/c', message: 'x' }, says: 'a.b/c failed with CSR c1-x (x)' },
  { wait: { kind: 'limit', requests: 10 }, says: '10 CSRs of this cluster' },
])('who waits for $wait.kind says what to do', ({ wait, says }) => {
  expect(notRenewedInTime(afterHours(1), describeWait(wait))).toMatchObject({
    status: 'False',
    reason: 'ClientCertificateUpdateFailed',
    message: expect.stringContaining(says),
  });
});
