import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import {
  createCertificateAuthority,
  createSelfSignedCertificate,
  issueCertificate,
  issueKeyAndCertificate,
} from './certificate-authority.ts';
import { generateKey, parsePrivateKey } from './key.ts';

const HOUR_MS = 3_600_000;
const now = new Date();
const authority = await createCertificateAuthority({ commonName: 'hub signer', validityMs: HOUR_MS, now });
const server = {
  commonName: 'server',
  dnsNames: ['server.test'],
  ipAddresses: ['127.0.0.1', '::1', '2001:db8::a:1'],
  usages: ['server'],
  notBefore: now,
  notAfter: new Date(now.getTime() + HOUR_MS),
} as const;

describe('createCertificateAuthority', () => {
  test('makes a self-signed root that may sign', () => {
    const root = new X509Certificate(authority.certificatePem);
    expect(root.ca).toBe(true);
    expect(root.subject).toBe('CN=hub signer');
    expect(root.verify(root.publicKey)).toBe(true);
    expect(root.checkPrivateKey(parsePrivateKey(authority.privateKeyPem))).toBe(true);
    expect(root.validToDate.getTime()).toBe(Math.floor(now.getTime() / 1000) * 1000 + HOUR_MS);
  });

  test('dates from 2050 on are kept', async () => {
    const far = await createCertificateAuthority({
      commonName: 'far',
      validityMs: 2 * HOUR_MS,
      now: new Date('2049-12-31T23:00:00Z'),
    });
    expect(new X509Certificate(far.certificatePem).validToDate).toEqual(new Date('2050-01-01T01:00:00Z'));
  });
});

describe('issueCertificate', () => {
  test("the certificate is the authority's, for the given key, hosts and usages", async () => {
    const { publicKey } = await generateKey();
    const issued = new X509Certificate(
      issueCertificate(authority, { ...server, usages: ['server', 'client'], publicKey }),
    );
    const root = new X509Certificate(authority.certificatePem);
    expect(issued.verify(root.publicKey)).toBe(true);
    expect(issued.checkIssued(root)).toBe(true);
    expect(issued.ca).toBe(false);
    expect(issued.publicKey.equals(publicKey)).toBe(true);
    expect(issued.checkHost('server.test')).toBe('server.test');
    expect(issued.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(issued.checkIP('2001:db8::a:1')).toBe('2001:db8::a:1');
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  test('an RSA authority, as an administrator may bring, issues too', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    // The root of the administrator: any certificate that carries the RSA key serves.
    const certificatePem = issueCertificate(authority, { ...server, commonName: 'rsa root', publicKey: rsa.publicKey });
    const privateKeyPem = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const issued = await issueKeyAndCertificate({ certificatePem, privateKeyPem }, server);
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.verify(rsa.publicKey)).toBe(true);
    expect(certificate.issuer).toBe('CN=rsa root');
  });

  test('serial numbers differ', async () => {
    const { publicKey } = await generateKey();
    const serial = (): string =>
      new X509Certificate(issueCertificate(authority, { ...server, publicKey })).serialNumber;
    expect(serial()).not.toBe(serial());
  });

  test.each([
    { what: 'a host name among the addresses', bad: { ipAddresses: ['localhost'] }, message: '"localhost"' },
    { what: 'an empty address', bad: { ipAddresses: [''] }, message: '""' },
  ])('$what is refused', async ({ bad, message }) => {
    await expect(issueKeyAndCertificate(authority, { ...server, ...bad })).rejects.toMatchObject({
      code: 'unparsable',
      message: expect.stringContaining(message),
    });
  });

  test('an unreadable authority is refused by name', async () => {
    await expect(issueKeyAndCertificate({ ...authority, certificatePem: '' }, server)).rejects.toMatchObject({
      code: 'unparsable',
      message: expect.stringContaining('authority'),
    });
  });
});

test('a TLS server and client trust each other through the authority', async () => {
  const client = await issueKeyAndCertificate(authority, {
    ...server,
    commonName: 'caller',
    organizations: ['callers'],
    dnsNames: [],
    ipAddresses: [],
    usages: ['client'],
  });
  const serving = await issueKeyAndCertificate(authority, server);
  const peer = await handshake(
    { ...tlsIdentity(serving), ca: authority.certificatePem, requestCert: true, rejectUnauthorized: true },
    { ...tlsIdentity(client), ca: authority.certificatePem, servername: 'server.test' },
  );
  expect(peer).toBe('caller');
});

test('a client that pins a self-signed certificate trusts its server', async () => {
  const serving = await createSelfSignedCertificate(server);
  await expect(
    handshake(tlsIdentity(serving), { ca: serving.certificatePem, servername: 'server.test' }),
  ).resolves.toBeUndefined();
  await expect(
    handshake(tlsIdentity(serving), { ca: authority.certificatePem, servername: 'server.test' }),
  ).rejects.toThrow('self-signed');
});

const tlsIdentity = (pair: { certificatePem: string; privateKeyPem: string }): { cert: string; key: string } => ({
  cert: pair.certificatePem,
  key: pair.privateKeyPem,
});

/** Connects once and returns the common name that the server saw of the client. */
async function handshake(
  serverOptions: Parameters<typeof createServer>[0],
  clientOptions: { ca: string; servername: string },
): Promise<string | undefined> {
  let seen: string | undefined;
  const listener = createServer(serverOptions ?? {}, (socket) => {
    seen = [socket.getPeerCertificate().subject?.CN].flat()[0];
    socket.end('bye');
    socket.on('error', () => undefined);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    const socket = connect({ host: '127.0.0.1', port: (listener.address() as AddressInfo).port, ...clientOptions });
    socket.resume();
    await once(socket, 'end');
    socket.destroy();
    return seen;
  } finally {
    listener.close();
  }
}
