import {
  defaultExecutor,
  type Executor,
  type ManifestWork,
  type ResourceAttributes,
  semanticEqual,
  serviceAccountUser,
  virtualResources,
} from '@ocm/api';

export type ExecutorJudgement =
  | { readonly kind: 'fine' }
  | { readonly kind: 'refuse'; readonly message: string }
  /** Fine if the requester may do this; `refusal` is what one who may not is told. */
  | { readonly kind: 'ask'; readonly resource: ResourceAttributes; readonly refusal: string };

export interface JudgeExecutorOptions {
  /** Name of the requester, for messages. */
  readonly user: string;
  /** Gate NilExecutorValidating: a work without executor stands for the agent's own account. */
  readonly nilExecutorValidating: boolean;
}

/** Whether the executor of a work that is created (`previous` absent) or updated has to be checked (work 15.3). */
export function judgeExecutor(
  next: ManifestWork,
  previous: ManifestWork | undefined,
  { user, nilExecutorValidating }: JudgeExecutorOptions,
): ExecutorJudgement {
  const executor = next.spec?.executor;
  if (previous !== undefined && isSame(executor, previous)) return { kind: 'fine' };
  if (executor === undefined && !nilExecutorValidating) return { kind: 'fine' };
  const account = executor === undefined ? defaultExecutor : executor.subject?.serviceAccount;
  if (account === undefined) return { kind: 'refuse', message: 'executor service account can not be nil' };
  const { namespace = '' } = next.metadata;
  return {
    kind: 'ask',
    resource: { ...virtualResources.executeAs, namespace, name: serviceAccountUser(account) },
    refusal: `user ${user} cannot manipulate the Manifestwork with executor ${account.namespace}/${account.name} in namespace ${namespace}`,
  };
}

function isSame(executor: Executor | undefined, { spec }: ManifestWork): boolean {
  return semanticEqual(executor, spec?.executor);
}
