import { signers } from '@ocm/api';
import { csrApprovingController } from '../csr/csr-approving-controller.ts';
import type { HubDriver } from './hub-driver.ts';

/** Agents make CertificateSigningRequests, which a signer of Kubernetes answers (registration 10.2). */
export const csrDriver: HubDriver = {
  name: 'csr',
  controllers: (context) => {
    const { gates, autoApprovedCsrUsers } = context.settings;
    const autoApprovedUsers = gates.ManagedClusterAutoApproval ? autoApprovedCsrUsers : new Set<string>();
    return [csrApprovingController(context, { signerName: signers.kubeClient, autoApprovedUsers })];
  },
};
