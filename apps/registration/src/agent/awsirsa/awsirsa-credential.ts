import { clusterConditions, findCondition, type ManagedCluster } from '@ocm/api';
import type { AnyInformer, Informer } from '@ocm/kube';
import type { CredentialDriver } from '../credential/credential-driver.ts';

const KEY = 'credential';

/**
 * The credential of an EKS cluster is its kubeconfig alone: once the hub has decided about the cluster, the role that the kubeconfig names
 * is there or will be (registration 10.3).
 *
 * @param ownCluster holds the agent's own cluster
 */
export function awsirsaCredential(
  ownCluster: Pick<Informer<ManagedCluster>, 'get' | 'events'> & AnyInformer,
  name: string,
): CredentialDriver {
  const isDecided = (): boolean =>
    findCondition(ownCluster.get(name)?.status?.conditions, clusterConditions.hubAccepted.type) !== undefined;
  return {
    watches: [ownCluster.events(() => KEY)],
    glance({ stored, additional }) {
      const isComplete = Object.entries(additional).every(([key, text]) => stored[key] === text);
      return isComplete || !isDecided() ? { kind: 'nothing' } : undefined;
    },
    process: () => Promise.resolve(isDecided() ? { kind: 'issued', data: {} } : { kind: 'nothing' }),
  };
}
