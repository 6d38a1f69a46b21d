import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { ConfigError } from '@ocm/service';
import type { ConfigSource, KeyPairSource } from './connection-file.ts';

/** Certificate and key of a client, PEM. */
export interface ClientKeyPair {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}

/**
 * The text of a file, or the one in the configuration.
 *
 * @throws ConfigError that starts with `what` when the file cannot be read
 */
export async function readSource(source: ConfigSource, what: string): Promise<string> {
  if (source.kind === 'inline') return source.text;
  try {
    return await readFile(source.path, 'utf8');
  } catch (error) {
    throw new ConfigError([`${what}: cannot read ${source.path}`], { cause: error });
  }
}

/** @throws ConfigError when a file is missing */
export async function readKeyPair(
  keyPair: KeyPairSource | undefined,
  path: string,
): Promise<ClientKeyPair | undefined> {
  if (keyPair === undefined) return undefined;
  // One after the other: when both are missing, the message is the same each time.
  const certificatePem = await readSource(keyPair.certificate, `${path}: client certificate`);
  const privateKeyPem = await readSource(keyPair.key, `${path}: client key`);
  return { certificatePem, privateKeyPem };
}

/** @throws ConfigError when the file is missing or no PEM */
export async function readAuthorities(source: ConfigSource | undefined, path: string): Promise<string | undefined> {
  const ca = source === undefined ? undefined : await readSource(source, `${path}: CA`);
  if (ca !== undefined && !isCertificate(ca)) throw new ConfigError([`${path}: invalid CA`]);
  return ca;
}

/**
 * TLS 1.3 and nothing else (cloudevents-grpc 9.2), trusting the roots of this machine and `ca`.
 *
 * @param address of the other side, for the message
 * @throws ConfigError when certificate and key do not fit, without quoting them
 */
export function secureContextOf({
  address,
  ca,
  keyPair,
}: {
  readonly address: string;
  readonly ca: string | undefined;
  readonly keyPair: ClientKeyPair | undefined;
}): SecureContext {
  try {
    return createSecureContext({
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ca: [...getCACertificates('default'), ...(ca === undefined ? [] : [ca])],
      ...(keyPair === undefined ? {} : { cert: keyPair.certificatePem, key: keyPair.privateKeyPem }),
    });
  } catch (error) {
    throw new ConfigError([`${address}: client certificate and key cannot be used`], { cause: error });
  }
}

/** Whether both are the same pair, or both none. */
export function isSameKeyPair(one: ClientKeyPair | undefined, other: ClientKeyPair | undefined): boolean {
  return one?.certificatePem === other?.certificatePem && one?.privateKeyPem === other?.privateKeyPem;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).fingerprint256 !== '';
  } catch {
    return false;
  }
}
