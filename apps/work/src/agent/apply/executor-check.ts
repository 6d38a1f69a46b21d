import type { Executor } from '@ocm/api';

/**
 * Whether the executor of a work may apply (work 10). Reviews are not built yet: a work that names an executor is refused, because
 * applying it with the rights of the agent would give its author more than an administrator granted.
 */
export function executorRefusal(executor: Executor | undefined): Error | undefined {
  const account = executor?.subject?.serviceAccount;
  if (executor === undefined) return undefined;
  const name = account === undefined ? '' : ` ${account.namespace}/${account.name}`;
  return new Error(`the executor${name} cannot be checked: executors are not supported yet`);
}
