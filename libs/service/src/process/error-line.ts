import { isKubeError, type KubeErrorCode } from '@ocm/kube';
import { causeChain } from '../error-facts.ts';
import { messageWithCauses } from '../logger.ts';

// The messages of `untrusted` bring their own remedy.
const REMEDIES: Readonly<Partial<Record<KubeErrorCode, string>>> = {
  config: 'check the path given by --kubeconfig and the fields of that file',
  unauthorized: 'the API server does not know the credential of the kubeconfig: renew it',
  forbidden: 'give this identity the rights of the installation manifests',
  'not-served': 'API not served: install the CustomResourceDefinitions of this version first',
  unavailable: 'check that the server of the kubeconfig is right and can be reached from here',
};

/** One line for standard error: what failed, why, and what to do about it if that is known. Holds no secrets. */
export function errorLine(error: unknown): string {
  const remedy = remedyFor(error);
  const message = messageWithCauses(error) || 'unknown error';
  return `error: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;
}

/** What to do about an error of the Kubernetes client, found anywhere in the chain of causes. */
function remedyFor(error: unknown): string | undefined {
  const cause = causeChain(error).find((candidate) => isKubeError(candidate));
  return cause === undefined ? undefined : REMEDIES[cause.code];
}
