import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateSigningRequest } from '@ocm/api';
import { type CertificateAuthority, createCertificateAuthority, issueKeyAndCertificate } from '@ocm/pki';
import * as fc from 'fast-check';
import { type CertificateWish, drawRotationPoint, judgePending, judgeStored } from './decide-csr.ts';

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
beforeAll(async () => {
  authority = await createCertificateAuthority({ commonName: 'ca', validityMs: 100 * HOUR_MS, now: NOW });
  certificate = await certificateFor(SUBJECT);
});

async function certificateFor(subject: typeof SUBJECT, hours = 100): Promise<string> {
  const notAfter = new Date(NOW.getTime() + hours * HOUR_MS);
  const issued = await issueKeyAndCertificate(authority, { ...subject, usages: ['client'], notBefore: NOW, notAfter });
  return issued.certificatePem;
}

const afterHours = (hours: number): Date => new Date(NOW.getTime() + hours * HOUR_MS);

function wish(over: Partial<CertificateWish> = {}): CertificateWish {
  const stored = { ...ADDITIONAL, 'tls.crt': certificate, 'tls.key': 'key' };
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
    const other = await certificateFor({ ...SUBJECT, commonName: 'intermediate' });
    const chain = { ...wish().stored, 'tls.crt': `${other}${certificate}` };
    expect(judgeStored(wish({ stored: chain }), NOW).kind).toBe('current');
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
const approved = { type: 'Approved', status: 'True' } as const;
const denied = { type: 'Denied', status: 'True' } as const;
const encoded = (): string => Buffer.from(certificate).toString('base64');

describe('judgePending', () => {
  test.each([
    ['undecided', undefined],
    ['approved but not signed', { conditions: [approved] }],
    ['denied', { conditions: [denied] }],
  ])('a request that is %s is waited for', (_, status) => {
    expect(judgePending(PENDING, csr(status), () => true)).toEqual({ kind: 'waiting' });
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

test('[registration 12] the rotation point lies between 20 % and 25 %', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (chance) => {
      const point = drawRotationPoint(() => chance);
      expect(point).toBeGreaterThanOrEqual(0.2);
      expect(point).toBeLessThanOrEqual(0.25);
    }),
  );
});
