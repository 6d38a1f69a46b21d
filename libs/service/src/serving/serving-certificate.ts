import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@ocm/kube';
import { certificateMatchesKey, createSelfSignedCertificate, type KeyAndCertificate } from '@ocm/pki';
import { ConfigError } from '../config-error.ts';
import { errorCode } from '../error-facts.ts';
import type { Logger } from '../logger.ts';

/** Where the certificate of a controller process is mounted, if it is (registration 24). */
export const servingCertificateDirectory = '/var/run/secrets/serving-cert';

/** How often the files are looked at; the reference restarts at the same pace (operator 1.4). */
const LOOK_EVERY_MS = 5000;

/** Where a server's certificate comes from. */
export interface CertificateSource {
  /** Directory with `tls.crt` and `tls.key`. */
  readonly directory: string;
  /** What to do without the two files: make a certificate, or refuse to serve. */
  readonly whenAbsent: 'self-signed' | 'fail';
  readonly clock: Clock;
  readonly log: Logger;
  /** Time between two looks at the files; default 5 s. */
  readonly intervalMs?: number;
}

/**
 * The certificate to serve now: that of the files, or a self-signed one.
 *
 * @throws ConfigError when the files are there but cannot be used, or absent although they must not be
 */
export async function loadServingCertificate(source: CertificateSource): Promise<KeyAndCertificate> {
  const read = await readPair(source.directory);
  if (read.kind === 'pair') return read.pair;
  const { problem } = read;
  if (read.kind === 'unusable' || source.whenAbsent === 'fail') {
    throw new ConfigError([`cannot serve TLS: ${problem}`], { cause: read.cause });
  }
  return selfSigned(source.clock.now());
}

/**
 * Calls `replace` with every new certificate that appears in the files, until the signal fires. A half-written pair is passed over until
 * its other half is there; when the files vanish the last certificate stays.
 *
 * @param served what {@link loadServingCertificate} gave
 */
export async function followServingCertificate(
  source: CertificateSource,
  { served, replace }: { readonly served: KeyAndCertificate; readonly replace: (pair: KeyAndCertificate) => void },
  signal: AbortSignal,
): Promise<void> {
  const { clock, directory, log, intervalMs = LOOK_EVERY_MS } = source;
  let current = served;
  let complaint: string | undefined;
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal);
    if (signal.aborted) return;
    const read = await readPair(directory);
    if (read.kind === 'pair' && !samePair(read.pair, current)) {
      current = read.pair;
      replace(current);
      log.info({ directory }, 'serving certificate reloaded');
    }
    const problem = read.kind === 'unusable' ? read.problem : undefined;
    if (problem !== undefined && problem !== complaint)
      log.warn({ directory, problem }, 'serving certificate is not usable, the old one stays');
    complaint = problem;
  }
}

const samePair = (one: KeyAndCertificate, other: KeyAndCertificate): boolean =>
  one.certificatePem === other.certificatePem && one.privateKeyPem === other.privateKeyPem;

type ReadPair =
  | { readonly kind: 'pair'; readonly pair: KeyAndCertificate }
  | { readonly kind: 'absent' | 'unusable'; readonly problem: string; readonly cause: unknown };

async function readPair(directory: string): Promise<ReadPair> {
  const [certificatePem, privateKeyPem] = await Promise.allSettled([
    readFile(certificatePath(directory), 'utf8'),
    readFile(keyPath(directory), 'utf8'),
  ]);
  if (certificatePem.status === 'rejected') return unreadable(certificatePath(directory), certificatePem.reason);
  if (privateKeyPem.status === 'rejected') return unreadable(keyPath(directory), privateKeyPem.reason);
  return usablePair(directory, { certificatePem: certificatePem.value, privateKeyPem: privateKeyPem.value });
}

function usablePair(directory: string, pair: KeyAndCertificate): ReadPair {
  try {
    if (certificateMatchesKey(pair.certificatePem, pair.privateKeyPem)) return { kind: 'pair', pair };
    return {
      kind: 'unusable',
      problem: `tls.crt and tls.key in ${directory} do not belong together`,
      cause: undefined,
    };
  } catch (cause) {
    return { kind: 'unusable', problem: `tls.crt or tls.key in ${directory} cannot be parsed`, cause };
  }
}

function unreadable(path: string, cause: unknown): ReadPair {
  const absent = errorCode(cause) === 'ENOENT';
  return {
    kind: absent ? 'absent' : 'unusable',
    problem: `${path} ${absent ? 'does not exist' : 'cannot be read'}`,
    cause,
  };
}

const HOUR_MS = 3_600_000;
const SELF_SIGNED_LIFETIME_MS = 10 * 365 * 24 * HOUR_MS;

/** Nobody verifies it (probes and scrapers skip verification), so its lifetime only has to outlast the process. */
function selfSigned(now: Date): Promise<KeyAndCertificate> {
  return createSelfSignedCertificate({
    commonName: 'localhost',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1', '::1'],
    usages: ['server'],
    notBefore: new Date(now.getTime() - HOUR_MS),
    notAfter: new Date(now.getTime() + SELF_SIGNED_LIFETIME_MS),
  });
}

const certificatePath = (directory: string): string => join(directory, 'tls.crt');
const keyPath = (directory: string): string => join(directory, 'tls.key');
