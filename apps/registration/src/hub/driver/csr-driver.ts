import { signers } from '@ocm/api';
import type { HubDriver } from './hub-driver.ts';

/** Agents make CertificateSigningRequests, which a signer of Kubernetes answers (registration 10.2). */
export const csrDriver: HubDriver = {
  name: 'csr',
  approval: ({ gates, autoApprovedCsrUsers }) => ({
    signerName: signers.kubeClient,
    autoApprovedUsers: gates.ManagedClusterAutoApproval ? autoApprovedCsrUsers : new Set(),
  }),
};
