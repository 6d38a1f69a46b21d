import { clusterConditions, type ConditionUpdate, isConditionTrue, isDeleting, type ManagedCluster } from '@ocm/api';
import { done, type Outcome, requeueAfter, retry } from '@ocm/kube';

/** How an attempt to import a cluster ended (registration 21). */
export type ImportResult =
  | { readonly kind: 'imported' }
  /** The provider has no access to the cluster yet; its next event says when. */
  | { readonly kind: 'no-access'; readonly problem: string }
  | { readonly kind: 'access-failed'; readonly error: Error; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'render-failed'; readonly error: Error }
  | { readonly kind: 'apply-failed'; readonly error: Error };

const { importSucceeded } = clusterConditions;

/** Whether a cluster is still to be imported. A cluster that was imported once is never touched again. */
export function isToBeImported(cluster: ManagedCluster | undefined): cluster is ManagedCluster {
  if (cluster === undefined || isDeleting(cluster)) return false;
  return !isConditionTrue(cluster.status?.conditions, importSucceeded.type);
}

/** What the condition ManagedClusterImportSucceeded says. */
export function importCondition(result: ImportResult): ConditionUpdate {
  switch (result.kind) {
    case 'imported':
      return { ...importSucceeded.succeeded, message: 'The agents are installed on the cluster.' };
    case 'no-access':
      return { ...importSucceeded.kubeconfigNotFound, message: result.problem };
    case 'access-failed':
      return { ...importSucceeded.kubeconfigGetFailed, message: messageOf(result.error) };
    case 'render-failed':
      return { ...importSucceeded.rendererFailed, message: messageOf(result.error) };
    case 'apply-failed':
      return { ...importSucceeded.failed, message: messageOf(result.error) };
  }
}

/** When the import is tried again. */
export function afterImport(result: ImportResult): Outcome {
  switch (result.kind) {
    case 'imported':
    case 'no-access':
      return done();
    case 'access-failed':
      return result.retryAfterMs === undefined ? retry(result.error) : requeueAfter(result.retryAfterMs);
    case 'render-failed':
    case 'apply-failed':
      return retry(result.error);
  }
}

/** Longest message that the API takes, with room to spare. */
const MAX_MESSAGE_LENGTH = 30_000;

function messageOf(error: Error): string {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const lines = errors.map((each) => (each instanceof Error ? each.message : String(each)));
  return lines.join('\n').slice(0, MAX_MESSAGE_LENGTH);
}
