import { credentialKeys } from '@ocm/api';
import { parseGrpcClientConfig } from '@ocm/cloudevents';
import { ConfigError } from '@ocm/service';
import { judgeCertificate } from '../csr/judge-certificate.ts';
import type { Files } from '../hub-files/hub-directory.ts';
import type { AgentNames } from '../identity/complete-names.ts';
import type { CredentialVerdict } from '../registration-driver.ts';
import type { HubConfig } from './hub-config.ts';

export interface StoredCredential {
  readonly files: Files;
  readonly names: AgentNames;
  /** What the bootstrap configuration leads to; absent when there is none, and then the server is not compared. */
  readonly wanted: HubConfig | undefined;
}

/**
 * Whether the stored credential makes its holder this agent at this gRPC server (cloudevents-grpc 16.3). One for another server, or with an
 * authority that has been replaced, is not good: with it the agent would never learn of the new one.
 */
export function judgeGrpcCredential({ files, names, wanted }: StoredCredential, now: Date): CredentialVerdict {
  const text = files[credentialKeys.grpcConfig];
  if (text === undefined) return invalid('there is no gRPC configuration yet');
  const differences = wanted === undefined ? [] : serverDifferences(text, wanted);
  if (differences.length > 0) return invalid(`the stored gRPC configuration differs in: ${differences.join(', ')}`);
  return judgeCertificate(files, names, now);
}

function serverDifferences(text: string, { config, ca }: HubConfig): readonly string[] {
  try {
    const stored = parseGrpcClientConfig(text, credentialKeys.grpcConfig);
    const storedCa = stored.ca?.kind === 'inline' ? stored.ca.text : undefined;
    return [...(stored.url === config.url ? [] : ['url']), ...(storedCa === ca ? [] : ['caData'])];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return ['everything: it cannot be read'];
  }
}

const invalid = (reason: string): CredentialVerdict => ({ kind: 'invalid', reason });
