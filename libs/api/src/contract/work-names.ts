/** Value of the replica set label of a ManifestWork. */
export function replicaSetLabelValue(replicaSet: { readonly namespace: string; readonly name: string }): string {
  return `${replicaSet.namespace}.${replicaSet.name}`;
}

/** Default field manager of server-side apply, and user agent of the work agent's clients on the managed cluster. */
export const workAgentFieldManager = 'work-agent';

/** Who a ManifestWork without executor stands for when the gate NilExecutorValidating is on. */
export const defaultExecutorUser = 'system:serviceaccount::klusterlet-work-sa';

/** User name of a service account. */
export function serviceAccountUser(account: { readonly namespace: string; readonly name: string }): string {
  return `system:serviceaccount:${account.namespace}:${account.name}`;
}
