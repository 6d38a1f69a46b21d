import { isKubeError } from '@ocm/kube';

/**
 * What somebody has to do so that the hub takes the bootstrap credential; `undefined` when the error is of another kind and may pass
 * by itself.
 *
 * @param doing what was refused: `create managedclusters`
 */
export function bootstrapRemedy(error: unknown, doing: string): string | undefined {
  if (isKubeError(error, 'unauthorized')) {
    return 'the hub does not know the bootstrap credential (401): it has expired or was made for another hub; replace the bootstrap kubeconfig';
  }
  if (isKubeError(error, 'forbidden')) {
    return `the bootstrap credential may not ${doing} (403): grant its user the role open-cluster-management:bootstrap on the hub`;
  }
  if (isKubeError(error, 'untrusted')) {
    return 'the certificate of the hub is not signed by the CA in the bootstrap kubeconfig, or the client certificate there has expired; replace the bootstrap kubeconfig';
  }
  return undefined;
}
