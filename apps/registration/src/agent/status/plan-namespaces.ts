import type { ManagedCluster } from '@ocm/api';

/** What has to happen so that the managed namespaces of the cluster are those that the hub lists. */
export interface NamespacePlan {
  /** Names of namespaces that must exist with the label `true`, each once. */
  readonly apply: readonly string[];
  /** Names of namespaces whose label becomes `false`; they stay. */
  readonly release: readonly string[];
}

/**
 * Compares what the hub lists with what carries its label (registration 13).
 *
 * @param marked names of the namespaces that carry the label with the value `true`
 */
export function planNamespaces({ metadata, status }: ManagedCluster, marked: readonly string[]): NamespacePlan {
  const listed = metadata.deletionTimestamp === undefined ? (status?.managedNamespaces ?? []) : [];
  const wanted = new Set(listed.map(({ name }) => name));
  return {
    apply: [...wanted].filter((name) => !marked.includes(name)).toSorted(),
    release: marked.filter((name) => !wanted.has(name)).toSorted(),
  };
}
