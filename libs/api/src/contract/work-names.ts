/** Value of the replica set label of a ManifestWork. */
export function replicaSetLabelValue(replicaSet: { readonly namespace: string; readonly name: string }): string {
  return `${replicaSet.namespace}.${replicaSet.name}`;
}

/** Default field manager of server-side apply, and user agent of the work agent's clients on the managed cluster. */
export const workAgentFieldManager = 'work-agent';

/**
 * The service account that a ManifestWork without executor stands for when the gate NilExecutorValidating is on. The hub does not know its
 * namespace, so permissions name it with an empty one: `serviceAccountUser(defaultExecutor)`.
 */
export const defaultExecutor = { namespace: '', name: 'klusterlet-work-sa' } as const;

/** User name of a service account. */
export function serviceAccountUser(account: { readonly namespace: string; readonly name: string }): string {
  return `system:serviceaccount:${account.namespace}:${account.name}`;
}
