import { clusterSetConditions, type ConditionUpdate } from '@ocm/api';

/** What the condition ClusterSetEmpty says of a set with so many members (registration 14). */
export function judgeClusterSet(members: number): ConditionUpdate {
  const { noMember, selected } = clusterSetConditions.empty;
  return members === 0 ? noMember : { ...selected, message: `${members} ManagedClusters selected` };
}
