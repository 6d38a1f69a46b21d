import { clusterGroup, labels, managedClustersGroup } from '@ocm/api';
import { type AgentNames, userOf } from '../identity/complete-names.ts';
import type { CsrTemplate } from './csr-credential.ts';

/** The certificate that the agent of a cluster asks a signer for (registration 6.3). */
export function clusterTemplate(
  names: AgentNames,
  { signerName, expirationSeconds }: Pick<CsrTemplate, 'signerName' | 'expirationSeconds'>,
): CsrTemplate {
  return {
    namePrefix: `${names.cluster}-`,
    labels: { [labels.clusterName]: names.cluster },
    signerName,
    subject: {
      commonName: userOf(names),
      organizations: [clusterGroup(names.cluster), managedClustersGroup],
      organizationalUnits: [],
    },
    expirationSeconds,
  };
}
