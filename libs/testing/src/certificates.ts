import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  issueKeyAndCertificate,
  type KeyAndCertificate,
} from '@ocm/pki';

const DAY_MS = 86_400_000;
// Certificates are valid from a little earlier: times in them are cut to seconds, and clocks differ.
const BACKDATE_MS = 60_000;

export interface ClientCertificateRequest {
  /** Becomes the CN, and with it the user name. */
  readonly user: string;
  /** Become the O's. */
  readonly groups?: readonly string[];
  /** Default one day; negative makes a certificate that has expired. */
  readonly lifetimeMs?: number;
}

/** A root for ten years with a subject of its own, so that the authorities of two control planes never get mixed up. */
export function createTestAuthority(name: string): Promise<CertificateAuthority> {
  return createCertificateAuthority({
    commonName: `${name}-${randomBytes(4).toString('hex')}`,
    validityMs: 3650 * DAY_MS,
    now: new Date(Date.now() - BACKDATE_MS),
  });
}

export function issueClientCertificate(
  ca: CertificateAuthority,
  { user, groups = [], lifetimeMs = DAY_MS }: ClientCertificateRequest,
): Promise<KeyAndCertificate> {
  const validity = validFor(lifetimeMs);
  return issueKeyAndCertificate(ca, { commonName: user, organizations: groups, usages: ['client'], ...validity });
}

/** A certificate of a server, good for a year. */
export function issueServingCertificate(
  ca: CertificateAuthority,
  commonName: string,
  hosts: readonly string[],
): Promise<KeyAndCertificate> {
  return issueKeyAndCertificate(ca, {
    commonName,
    usages: ['server'],
    dnsNames: hosts.filter((host) => isIP(host) === 0),
    ipAddresses: hosts.filter((host) => isIP(host) !== 0),
    ...validFor(365 * DAY_MS),
  });
}

/**
 * Writes `tls.crt` and `tls.key` for a server on 127.0.0.1 into a directory, as a mounted Secret has them. Each file is replaced at once, so
 * that it may be done under a running server.
 */
export async function writeServingCertificate(
  ca: CertificateAuthority,
  directory: string,
  commonName = 'localhost',
): Promise<void> {
  const { certificatePem, privateKeyPem } = await issueServingCertificate(ca, commonName, ['localhost', '127.0.0.1']);
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries({ 'tls.crt': certificatePem, 'tls.key': privateKeyPem })) {
    await writeFile(join(directory, `${name}.new`), content, { mode: 0o600 });
    await rename(join(directory, `${name}.new`), join(directory, name));
  }
}

function validFor(lifetimeMs: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now + Math.min(0, lifetimeMs) - BACKDATE_MS), notAfter: new Date(now + lifetimeMs) };
}
