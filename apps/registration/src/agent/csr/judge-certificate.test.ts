import { beforeAll, describe, expect, test } from '@jest/globals';
import { createCertificateAuthority, issueKeyAndCertificate } from '@ocm/pki';
import { judgeCertificate } from './judge-certificate.ts';

const NOW = new Date('2026-03-01T00:00:00Z');
const HOUR_MS = 3_600_000;
const NAMES = { cluster: 'c1', agent: 'a1' };

let files: Record<string, string>;
let caPem: string;
let otherKey: string;
beforeAll(async () => {
  const validity = { notBefore: new Date(NOW.getTime() - HOUR_MS), notAfter: new Date(NOW.getTime() + HOUR_MS) };
  const ca = await createCertificateAuthority({ commonName: 'ca', validityMs: HOUR_MS / 2, now: NOW });
  const issued = await issueKeyAndCertificate(ca, {
    commonName: 'system:open-cluster-management:c1:a1',
    usages: ['client'],
    ...validity,
  });
  caPem = ca.certificatePem;
  otherKey = ca.privateKeyPem;
  files = { 'tls.crt': issued.certificatePem, 'tls.key': issued.privateKeyPem };
});

describe('judgeCertificate', () => {
  test('a certificate of this agent in its time is valid', () => {
    expect(judgeCertificate(files, NAMES, NOW)).toEqual({ kind: 'valid' });
  });

  test('a missing key or certificate, or one that is none, is not', () => {
    const { 'tls.crt': certificate = '', 'tls.key': key = '' } = files;
    expect(judgeCertificate({ 'tls.key': key }, NAMES, NOW)).toMatchObject({ kind: 'invalid' });
    expect(judgeCertificate({ 'tls.crt': certificate }, NAMES, NOW)).toMatchObject({ kind: 'invalid' });
    expect(judgeCertificate({ 'tls.key': key, 'tls.crt': 'x' }, NAMES, NOW)).toMatchObject({ kind: 'invalid' });
  });

  test('one that belongs to another key is not, nor one whose key is none', () => {
    const reason = 'the client certificate belongs to another key';
    expect(judgeCertificate({ ...files, 'tls.key': otherKey }, NAMES, NOW)).toEqual({ kind: 'invalid', reason });
    expect(judgeCertificate({ ...files, 'tls.key': 'x' }, NAMES, NOW)).toEqual({ kind: 'invalid', reason });
  });

  test.each([
    { cluster: 'c', agent: 'a1' },
    { cluster: 'c1', agent: 'a' },
    { cluster: 'c12', agent: 'a1' },
  ])('[registration 8] it makes nobody else: $cluster $agent', (names) => {
    expect(judgeCertificate(files, names, NOW)).toMatchObject({ kind: 'invalid' });
  });

  test('[registration 10] an expired one is not valid, nor one whose chain has an expired member', () => {
    const later = new Date(NOW.getTime() + 2 * HOUR_MS);
    expect(judgeCertificate(files, NAMES, later)).toEqual({
      kind: 'invalid',
      reason: 'the client certificate has expired',
    });
    const chain = { ...files, 'tls.crt': `${files['tls.crt']}${caPem}` };
    expect(judgeCertificate(chain, NAMES, NOW)).toEqual({ kind: 'valid' });
    const half = new Date(NOW.getTime() + 0.75 * HOUR_MS);
    expect(judgeCertificate(files, NAMES, half)).toEqual({ kind: 'valid' });
    expect(judgeCertificate(chain, NAMES, half)).toMatchObject({ kind: 'invalid' });
  });
});
