import { labels, type ManagedCluster, type ResourceAttributes, virtualResources } from '@ocm/api';

/**
 * What a caller must be allowed to who moves a cluster between sets (registration 22.2). Admission would ask it of the server, which may move
 * any.
 *
 * @param previous absent when the cluster is created
 */
export function setChangeQuestions(
  previous: ManagedCluster | undefined,
  next: ManagedCluster,
): readonly ResourceAttributes[] {
  const [left, joined] = [setOf(previous), setOf(next)];
  if (left === joined) return [];
  return [left, joined].flatMap((name) => (name === '' ? [] : [{ ...virtualResources.joinClusterSet, name }]));
}

function setOf(cluster: ManagedCluster | undefined): string {
  return cluster?.metadata.labels?.[labels.clusterSet] ?? '';
}
