import type { ManagedCluster, ManifestWork } from '@ocm/api';
import { isConditionTrue } from '@ocm/api';

/** The milestones of a cluster in the demo, in the order in which a user expects them. */
export const MILESTONES = ['accepted', 'joined', 'available', 'work applied', 'work pruned'] as const;
export type Milestone = (typeof MILESTONES)[number];

/** Seconds since the start at which each milestone of one cluster was first seen. */
export type ClusterProgress = Readonly<Partial<Record<Milestone, number>>>;

/** What the hub says about one cluster now. */
export interface Observation {
  readonly cluster: ManagedCluster | undefined;
  readonly work: ManifestWork | undefined;
}

/** The milestones that hold in an observation; `work pruned` is not among them, since the absence of a work has two meanings. */
export function reached({ cluster, work }: Observation): readonly Milestone[] {
  const conditions = cluster?.status?.conditions;
  const applied = work?.status?.conditions;
  const facts: readonly (readonly [Milestone, boolean])[] = [
    ['accepted', isConditionTrue(conditions, 'HubAcceptedManagedCluster')],
    ['joined', isConditionTrue(conditions, 'ManagedClusterJoined')],
    ['available', isConditionTrue(conditions, 'ManagedClusterConditionAvailable')],
    ['work applied', isConditionTrue(applied, 'Applied') && isConditionTrue(applied, 'Available')],
  ];
  return facts.filter(([, holds]) => holds).map(([milestone]) => milestone);
}

/** Adds newly reached milestones with their time; returns the same object when there is none. */
export function withMilestones(
  progress: ClusterProgress,
  milestones: readonly Milestone[],
  seconds: number,
): ClusterProgress {
  const fresh = milestones.filter((milestone) => progress[milestone] === undefined);
  if (fresh.length === 0) return progress;
  return { ...progress, ...Object.fromEntries(fresh.map((milestone) => [milestone, seconds])) };
}
