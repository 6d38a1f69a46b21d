import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSignedCertificate, type KeyAndCertificate } from '@ocm/pki';

/** A directory that vanishes with its scope. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'service-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function aServingCertificate(commonName: string): Promise<KeyAndCertificate> {
  return createSelfSignedCertificate({
    commonName,
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    usages: ['server'],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
}

export async function writeCertificate(directory: string, pair: KeyAndCertificate): Promise<void> {
  await replaceFile(join(directory, 'tls.crt'), pair.certificatePem);
  await replaceFile(join(directory, 'tls.key'), pair.privateKeyPem);
}

/** Whoever reads sees the old or the new content, as with a mounted Secret. */
async function replaceFile(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
