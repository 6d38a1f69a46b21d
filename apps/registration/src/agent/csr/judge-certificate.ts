import { credentialKeys } from '@ocm/api';
import { type Certificate, certificateMatchesKey, isExpired, isPkiError, parseCertificates } from '@ocm/pki';
import type { Files } from '../hub-files/hub-directory.ts';
import { type AgentNames, userOf } from '../identity/complete-names.ts';
import type { CredentialVerdict } from '../registration-driver.ts';

/** Whether the stored certificate makes its holder this agent, now (registration 5.4, step 4). */
export function judgeCertificate(files: Files, names: AgentNames, now: Date): CredentialVerdict {
  const pem = files[credentialKeys.certificate];
  if (pem === undefined) return invalid('there is no client certificate yet');
  const key = files[credentialKeys.privateKey];
  if (key === undefined) return invalid('the client certificate has no key');
  const chain = readChain(pem);
  if (chain === undefined) return invalid('the client certificate cannot be read');
  const { commonName } = chain[0]?.subject ?? { commonName: '' };
  if (commonName !== userOf(names)) return invalid(`the client certificate is for "${commonName}"`);
  if (isExpired(chain, now)) return invalid('the client certificate has expired');
  if (!isPair(pem, key)) return invalid('the client certificate belongs to another key');
  return { kind: 'valid' };
}

/** Whether the first certificate belongs to the key; one that cannot be read does not. After half a restore they may be of two times. */
export function isPair(certificatePem: string, privateKeyPem: string): boolean {
  try {
    return certificateMatchesKey(certificatePem, privateKeyPem);
  } catch (error) {
    if (!isPkiError(error)) throw error;
    return false;
  }
}

/** The certificates of a PEM text; `undefined` when there is none or one cannot be read. */
export function readChain(pem: string): readonly Certificate[] | undefined {
  try {
    return parseCertificates(pem);
  } catch (error) {
    if (!isPkiError(error)) throw error;
    return undefined;
  }
}

const invalid = (reason: string): CredentialVerdict => ({ kind: 'invalid', reason });
