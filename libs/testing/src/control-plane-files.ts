import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CertificateAuthority, generateKey, type KeyAndCertificate } from '@ocm/pki';
import { createTestAuthority, issueClientCertificate, issueServingCertificate } from './certificates.ts';

/** The secrets of one control plane, as values and as files in its directory. */
export interface ControlPlanePki {
  /** Signs the serving certificate and every client certificate; kube-controller-manager signs CSRs with it. */
  readonly ca: CertificateAuthority;
  /** Signs the certificate of whoever may tell the API server in headers who the user is. */
  readonly frontCa: CertificateAuthority;
  readonly admin: KeyAndCertificate;
  readonly controllerManager: KeyAndCertificate;
  readonly files: PkiFiles;
}

/** Paths of the PEM files. */
export interface PkiFiles {
  readonly ca: string;
  readonly caKey: string;
  readonly frontCa: string;
  readonly serving: string;
  readonly servingKey: string;
  readonly tokenPublicKey: string;
  readonly tokenKey: string;
}

const SERVING_NAMES = [
  '127.0.0.1',
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
];
const YEAR_MS = 365 * 86_400_000;

/** Makes all keys and certificates and writes what the programs read; takes some 20 ms. */
export async function createControlPlanePki(directory: string): Promise<ControlPlanePki> {
  const [ca, frontCa, tokens] = await Promise.all([
    createTestAuthority('cluster-ca'),
    createTestAuthority('front-proxy-ca'),
    generateKey(),
  ]);
  const [serving, admin, controllerManager] = await Promise.all([
    issueServingCertificate(ca, 'kube-apiserver', SERVING_NAMES),
    issueClientCertificate(ca, { user: 'admin', groups: ['system:masters'], lifetimeMs: YEAR_MS }),
    issueClientCertificate(ca, { user: 'system:kube-controller-manager', lifetimeMs: YEAR_MS }),
  ]);
  const contents: Record<keyof PkiFiles, string> = {
    ca: ca.certificatePem,
    caKey: ca.privateKeyPem,
    frontCa: frontCa.certificatePem,
    serving: serving.certificatePem,
    servingKey: serving.privateKeyPem,
    tokenPublicKey: tokens.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    tokenKey: tokens.privateKeyPem,
  };
  const files = {
    ca: join(directory, 'ca.crt'),
    caKey: join(directory, 'ca.key'),
    frontCa: join(directory, 'front-ca.crt'),
    serving: join(directory, 'apiserver.crt'),
    servingKey: join(directory, 'apiserver.key'),
    tokenPublicKey: join(directory, 'sa.pub'),
    tokenKey: join(directory, 'sa.key'),
  };
  const names = Object.keys(contents) as (keyof PkiFiles)[];
  await Promise.all(names.map((name) => writeFile(files[name], contents[name], { mode: 0o600 })));
  return { ca, frontCa, admin, controllerManager, files };
}
