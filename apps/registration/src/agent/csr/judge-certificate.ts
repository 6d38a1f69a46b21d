import { credentialKeys } from '@ocm/api';
import { type Certificate, isExpired, isPkiError, parseCertificates } from '@ocm/pki';
import type { Files } from '../hub-files/hub-directory.ts';
import { type AgentNames, userOf } from '../identity/complete-names.ts';
import type { CredentialVerdict } from '../registration-driver.ts';

/** Whether the stored certificate makes its holder this agent, now (registration 5.4, step 4). */
export function judgeCertificate(files: Files, names: AgentNames, now: Date): CredentialVerdict {
  const pem = files[credentialKeys.certificate];
  if (pem === undefined) return invalid('there is no client certificate yet');
  if (files[credentialKeys.privateKey] === undefined) return invalid('the client certificate has no key');
  const chain = readChain(pem);
  if (chain === undefined) return invalid('the client certificate cannot be read');
  const { commonName } = chain[0]?.subject ?? { commonName: '' };
  if (commonName !== userOf(names)) return invalid(`the client certificate is for "${commonName}"`);
  if (isExpired(chain, now)) return invalid('the client certificate has expired');
  return { kind: 'valid' };
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
