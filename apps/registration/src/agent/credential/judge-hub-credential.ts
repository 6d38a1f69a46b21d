import { credentialKeys } from '@ocm/api';
import type { Files } from '../hub-files/hub-directory.ts';
import type { AgentNames } from '../identity/complete-names.ts';
import type { CredentialVerdict, RegistrationDriver } from '../registration-driver.ts';
import { addressDifferences, hubAddressOf, type KubeconfigText } from './hub-kubeconfig.ts';

export interface HubCredential {
  readonly files: Files;
  /** Where the kubeconfig among the files is. */
  readonly hubKubeconfigPath: string;
  /** Absent when none is in use; then the hub is not compared. */
  readonly bootstrap: KubeconfigText | undefined;
  readonly names: AgentNames;
  readonly driver: Pick<RegistrationDriver, 'judge'>;
}

/**
 * Whether the agent can work with the hub credential that it finds in its directory (registration 5.4).
 *
 * @throws ConfigError when one of the kubeconfigs cannot be read
 */
export function judgeHubCredential(credential: HubCredential, now: Date): CredentialVerdict {
  const { files, hubKubeconfigPath: path, bootstrap, names, driver } = credential;
  if (bootstrap !== undefined) {
    const text = files[credentialKeys.kubeconfig];
    if (text === undefined) return { kind: 'invalid', reason: 'there is no hub kubeconfig yet' };
    const hub = hubAddressOf({ text, path, what: 'hub kubeconfig' });
    const differences = addressDifferences(hubAddressOf(bootstrap), hub);
    if (differences.length > 0) {
      return { kind: 'invalid', reason: `bootstrap and hub kubeconfig differ in: ${differences.join(', ')}` };
    }
  }
  return driver.judge(files, names, now);
}
