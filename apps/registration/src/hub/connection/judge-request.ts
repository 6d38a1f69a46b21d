import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  clusterConditions,
  type ConditionUpdate,
  signers,
} from '@ocm/api';

const { connectionDiagnosed: cause } = clusterConditions;

/** What is wrong with a certificate request that an agent waits for; nothing once the certificate is issued. */
export function judgeRequest({
  metadata: { name },
  spec,
  status,
}: CertificateSigningRequest): ConditionUpdate | undefined {
  if (status?.certificate !== undefined) return undefined;
  const decided = (type: CertificateSigningRequestCondition['type']): CertificateSigningRequestCondition | undefined =>
    status?.conditions?.find((condition) => condition.type === type);
  const [denied, failed, approved] = [decided('Denied'), decided('Failed'), decided('Approved')];
  if (denied !== undefined) {
    const next = `Delete it, and the agent makes another: kubectl delete csr ${name}`;
    return { ...cause.requestDenied, message: `The certificate request ${name} was denied${because(denied)}. ${next}` };
  }
  if (failed !== undefined) {
    const next = `Mend that, then delete the request, and the agent makes another: kubectl delete csr ${name}`;
    return {
      ...cause.requestFailed,
      message: `The signer ${spec.signerName} failed with the certificate request ${name}${because(failed)}. ${next}`,
    };
  }
  if (approved === undefined) {
    const next = `kubectl certificate approve ${name}`;
    const message = `The certificate request ${name}${madeBy(spec)} waits for approval: ${next}`;
    return { ...cause.requestPending, message };
  }
  const message = `The certificate request ${name} is approved, but no controller signs ${spec.signerName}.${hintAt(spec.signerName)}`;
  return { ...cause.signerAbsent, message };
}

/** Who would have to sign. */
function hintAt(signerName: string): string {
  if (signerName === signers.grpc) {
    return ' Is grpc among --enabled-registration-drivers of the registration controller, and its CA not expired?';
  }
  const isOfKubernetes = signerName.startsWith('kubernetes.io/');
  return isOfKubernetes ? ' Is kube-controller-manager running, with a signing certificate?' : '';
}

/** Whoever approves it should know whom he trusts. */
function madeBy({ username }: CertificateSigningRequest['spec']): string {
  return username ? `, made by ${JSON.stringify(username.slice(0, MAX_QUOTE_LENGTH))},` : '';
}

function because({ message }: CertificateSigningRequestCondition): string {
  return message ? ` (${message.slice(0, MAX_QUOTE_LENGTH)})` : '';
}

const MAX_QUOTE_LENGTH = 500;
