import type { Executor } from '@ocm/api';

/** Who a work is applied for. */
export type ExecutorAccount =
  /** The work names nobody: nothing is checked. */
  | { readonly kind: 'none' }
  | { readonly kind: 'account'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'unusable'; readonly error: Error };

/** The service account that an executor stands for; whether it exists does not matter (work 10.1). */
export function executorAccount(executor: Executor | undefined): ExecutorAccount {
  if (executor === undefined) return { kind: 'none' };
  if (executor.subject?.type !== 'ServiceAccount') {
    return { kind: 'unusable', error: new Error('only support ServiceAccount type for the executor') };
  }
  const { serviceAccount } = executor.subject;
  if (serviceAccount === undefined) {
    return { kind: 'unusable', error: new Error('the executor service account is nil') };
  }
  const { namespace, name } = serviceAccount;
  return { kind: 'account', namespace, name };
}

/** Name of a service account as a user. */
export function userOf({ namespace, name }: ServiceAccountName): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The groups that every token of a service account carries. */
export function groupsOf({ namespace }: Pick<ServiceAccountName, 'namespace'>): readonly string[] {
  return ['system:serviceaccounts', 'system:authenticated', `system:serviceaccounts:${namespace}`];
}

export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}
