import { describe, expect, test } from '@jest/globals';
import { createCertificateAuthority, issueCertificate, issueKeyAndCertificate } from './certificate-authority.ts';
import { certificateMatchesKey, parseCertificates } from './certificate.ts';
import { generateKey } from './key.ts';

const now = new Date('2026-05-01T10:00:00Z');
const later = new Date('2026-05-02T10:00:00Z');
const authority = await createCertificateAuthority({ commonName: 'an authority', validityMs: 86_400_000, now });
const template = {
  commonName: 'system:open-cluster-management:c1:agent',
  organizations: ['system:open-cluster-management:c1', 'system:open-cluster-management:managed-clusters'],
  organizationalUnits: ['edge'],
  usages: ['client'],
  notBefore: now,
  notAfter: later,
} as const;
const { certificatePem, privateKeyPem } = await issueKeyAndCertificate(authority, template);

describe('parseCertificates', () => {
  test('reads every certificate of the chain in order and passes over a key', () => {
    expect(parseCertificates(certificatePem + privateKeyPem + authority.certificatePem)).toMatchObject([
      {
        subject: {
          commonName: template.commonName,
          organizations: template.organizations,
          organizationalUnits: ['edge'],
        },
        notBefore: now,
        notAfter: later,
      },
      {
        subject: { commonName: 'an authority', organizations: [], organizationalUnits: [] },
        notBefore: now,
        notAfter: later,
      },
    ]);
  });

  test('a name without any part reads as empty', async () => {
    const { publicKey } = await generateKey();
    const nameless = { ...template, commonName: '', organizations: [], organizationalUnits: [], publicKey };
    expect(parseCertificates(issueCertificate(authority, nameless))[0]?.subject).toEqual({
      commonName: '',
      organizations: [],
      organizationalUnits: [],
    });
  });

  test.each([
    { what: 'no certificate', pem: privateKeyPem, code: 'wrong-pem-type' },
    { what: 'a broken second certificate', pem: certificatePem + broken(authority.certificatePem), code: 'unparsable' },
  ])('$what is refused as $code', ({ pem, code }) => {
    expect(() => parseCertificates(pem)).toThrow(expect.objectContaining({ name: 'PkiError', code }));
  });
});

describe('certificateMatchesKey', () => {
  test('holds for the key of the first certificate only', () => {
    expect(certificateMatchesKey(certificatePem + authority.certificatePem, privateKeyPem)).toBe(true);
    expect(certificateMatchesKey(certificatePem + authority.certificatePem, authority.privateKeyPem)).toBe(false);
  });

  test('an unreadable key is an error that does not show it', () => {
    const damaged = privateKeyPem.replace('MHcC', 'AAAA');
    const error = thrownBy(() => certificateMatchesKey(certificatePem, damaged));
    expect(error).toMatchObject({ name: 'PkiError', code: 'unparsable' });
    expect(String(error)).not.toContain(damaged.split('\n')[2]);
  });
});

function broken(pem: string): string {
  return pem.replace('MII', 'AAA');
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
