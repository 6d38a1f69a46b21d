import { readFile } from 'node:fs/promises';
import type { Clock, Logger } from '@ocm/kube';
import { certificateMatchesKey, type KeyAndCertificate } from '@ocm/pki';
import { ConfigError, fileChanges } from '@ocm/service';

/** Where the serving certificate and its key lie. */
export interface PairFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * The serving certificate with its key.
 *
 * @throws ConfigError when one of the files cannot be read or the two do not belong together
 */
export async function loadServingPair({ certificateFile, keyFile }: PairFiles): Promise<KeyAndCertificate> {
  // One after the other: when both are missing, the message is the same each time.
  const certificatePem = await readPem(certificateFile, 'serving certificate (tls_cert_file)');
  const privateKeyPem = await readPem(keyFile, 'key of the serving certificate (tls_key_file)');
  let belongTogether: boolean;
  try {
    belongTogether = certificateMatchesKey(certificatePem, privateKeyPem);
  } catch (cause) {
    throw new ConfigError([`${certificateFile} or ${keyFile} holds no certificate or key in PEM`], { cause });
  }
  if (!belongTogether) throw new ConfigError([`${certificateFile} and ${keyFile} do not belong together`]);
  return { certificatePem, privateKeyPem };
}

/** Calls `replace` with each new pair until the signal fires. What cannot be used is passed over: the last good pair stays. */
export async function followServingPair(
  files: PairFiles,
  options: {
    readonly replace: (pair: KeyAndCertificate) => void;
    readonly intervalMs: number;
    readonly clock: Clock;
    readonly log: Logger;
  },
  signal: AbortSignal,
): Promise<void> {
  const { replace, intervalMs, clock, log } = options;
  const paths = [files.certificateFile, files.keyFile];
  for await (const _changed of fileChanges({ paths, intervalMs, clock, signal })) {
    try {
      replace(await loadServingPair(files));
      log.info({ file: files.certificateFile }, 'serving certificate reloaded');
    } catch (error) {
      log.warn({ file: files.certificateFile, error }, 'serving certificate is not usable, the old one stays');
    }
  }
}

/**
 * The authorities of client certificates, PEM.
 *
 * @throws ConfigError when the file cannot be read or holds no certificate
 */
export async function loadClientAuthorities(path: string): Promise<string> {
  const pem = await readPem(path, 'authorities of client certificates (client_ca_file)');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new ConfigError([`${path}, the authorities of client certificates (client_ca_file), holds no certificate`]);
  }
  return pem;
}

async function readPem(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError([`cannot read ${path}, the ${what}`], { cause });
  }
}
