import { type Condition, type ManagedCluster, semanticEqual } from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';

/**
 * Whether an event of the own cluster is a reason to report anew. A condition with other words is not: they may be our own, and those of
 * a failing API server can differ at each look, so that every report would be followed by another one without a pause.
 */
export function isClusterNews(event: ObjectEvent<ManagedCluster>): boolean {
  return event.type !== 'updated' || !semanticEqual(wordless(event.previous), wordless(event.object));
}

function wordless({ metadata, status, ...cluster }: ManagedCluster): object {
  const { resourceVersion: _, ...rest } = metadata;
  const managedNamespaces = status?.managedNamespaces?.map((entry) => ({
    ...entry,
    conditions: withoutWords(entry.conditions),
  }));
  return {
    ...cluster,
    metadata: rest,
    status: { ...status, conditions: withoutWords(status?.conditions), managedNamespaces },
  };
}

const withoutWords = (conditions: readonly Condition[] | undefined): readonly object[] | undefined =>
  conditions?.map((condition) => ({ ...condition, message: '' }));
