import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateSigningRequest, labels, signers } from '@ocm/api';
import {
  createCertificateAuthority,
  createCertificateRequest,
  generateKey,
  parseCertificateRequest,
  parseCertificates,
} from '@ocm/pki';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GrpcSigner, isToBeSigned, readGrpcSigner, signRequest } from './grpc-signer.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;

const authority = await createCertificateAuthority({ commonName: 'grpc-ca', validityMs: 24 * HOUR_MS, now: NOW });
const key = await generateKey();
const request = parseCertificateRequest(
  createCertificateRequest({
    key,
    commonName: 'system:open-cluster-management:c1:a',
    organizations: ['system:open-cluster-management:c1'],
    dnsNames: ['one.example.com'],
  }),
);

function aSigner(over: Partial<GrpcSigner> = {}): GrpcSigner {
  return { authority, authorityEnds: new Date(NOW.getTime() + 24 * HOUR_MS), lifetimeMs: HOUR_MS, ...over };
}

describe('signRequest', () => {
  test('[registration 23] the certificate has subject, names and key of the request, for servers and clients', () => {
    const pem = signRequest(request, aSigner(), NOW);
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
    expect(certificate.publicKey.equals(key.publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=system:open-cluster-management:c1\nCN=system:open-cluster-management:c1:a');
    expect(certificate.subjectAltName).toBe('DNS:one.example.com');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(certificate.ca).toBe(false);
  });

  test.each([
    { what: 'the lifetime of the flag', lifetimeMs: 2 * HOUR_MS, wantMs: 2 * HOUR_MS },
    { what: 'no longer than the authority', lifetimeMs: 720 * HOUR_MS, wantMs: 24 * HOUR_MS },
  ])('[registration 23] it lives for $what', ({ lifetimeMs, wantMs }) => {
    const [certificate] = parseCertificates(signRequest(request, aSigner({ lifetimeMs }), NOW));
    expect(certificate).toMatchObject({ notBefore: NOW, notAfter: new Date(NOW.getTime() + wantMs) });
  });

  test('an authority that has expired signs nothing', () => {
    expect(() => signRequest(request, aSigner({ authorityEnds: NOW }), NOW)).toThrow(
      'the certificate of --grpc-ca-file expired at 2026-03-01T12:00:00Z: replace it, and restart',
    );
  });
});

describe('isToBeSigned', () => {
  const approved: CertificateSigningRequest = {
    metadata: { name: 'c1-x', labels: { [labels.clusterName]: 'c1' } },
    spec: { request: '', signerName: signers.grpc, expirationSeconds: 600 },
    status: { conditions: [{ type: 'Approved', status: 'True' }] },
  };

  test('an approved request is', () => {
    expect(isToBeSigned(approved)).toBe(true);
  });

  test.each<{ what: string; over: Partial<CertificateSigningRequest> }>([
    { what: 'for another signer', over: { spec: { ...approved.spec, signerName: signers.kubeClient } } },
    { what: 'that nobody has decided about', over: { status: {} } },
    { what: 'that was denied', over: { status: { conditions: [{ type: 'Denied', status: 'True' }] } } },
    { what: 'that has a certificate', over: { status: { ...approved.status, certificate: 'eA==' } } },
    { what: 'of no cluster', over: { metadata: { name: 'c1-x' } } },
  ])('[cloudevents-grpc 44] one $what is not', ({ over }) => {
    expect(isToBeSigned({ ...approved, ...over })).toBe(false);
  });
});

const read = (grpcCaFile: string, grpcKeyFile: string): Promise<GrpcSigner> =>
  readGrpcSigner({ grpcCaFile, grpcKeyFile, grpcSigningMs: HOUR_MS });

describe('readGrpcSigner', () => {
  let directory: string;
  let caFile: string;
  let keyFile: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'grpc-signer-'));
    caFile = await put('tls.crt', authority.certificatePem);
    keyFile = await put('tls.key', authority.privateKeyPem);
  });
  afterAll(async () => rm(directory, { recursive: true }));

  async function put(name: string, text: string): Promise<string> {
    const path = join(directory, name);
    await writeFile(path, text);
    return path;
  }

  test('the authority comes from the files', async () => {
    await expect(read(caFile, keyFile)).resolves.toEqual(aSigner());
  });

  test.each([
    { what: 'no CA', flags: { grpcCaFile: undefined }, says: '--grpc-ca-file is required' },
    { what: 'no key', flags: { grpcKeyFile: undefined }, says: '--grpc-key-file is required' },
    {
      what: 'a CA file that is not there',
      flags: { grpcCaFile: '/absent' },
      says: '--grpc-ca-file "/absent" cannot be read',
    },
    {
      what: 'a key file that is not there',
      flags: { grpcKeyFile: '/absent' },
      says: '--grpc-key-file "/absent" cannot be read',
    },
  ])('[registration 23] with $what the process does not start, and names the flag', async ({ flags, says }) => {
    const given = { grpcCaFile: caFile, grpcKeyFile: keyFile, grpcSigningMs: HOUR_MS, ...flags };
    await expect(readGrpcSigner(given)).rejects.toThrow(says);
  });

  test('what is no certificate, no key, or no pair is refused, and no key is quoted', async () => {
    const other = await generateKey();
    const otherKey = await put('other.key', other.privateKeyPem);
    const noPem = await put('no.pem', 'hello');
    await expect(read(noPem, keyFile)).rejects.toThrow('--grpc-ca-file cannot be used');
    await expect(read(caFile, noPem)).rejects.toThrow('--grpc-key-file cannot be used');
    await expect(read(caFile, otherKey)).rejects.toThrow('does not hold the key of --grpc-ca-file');
  });
});
