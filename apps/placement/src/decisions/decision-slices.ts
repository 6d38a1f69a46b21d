import type { DecisionGroupStatus } from '@ocm/api';
import { type DecisionGroupKey, decisionSliceName, MAX_DECISIONS_PER_SLICE } from '@ocm/fleet';
import { chunks, type PlannedGroup } from './decision-groups.ts';

/** One PlacementDecision as it should be. */
export interface PlannedSlice {
  readonly name: string;
  readonly group: DecisionGroupKey;
  /** Ascending, at most 100. */
  readonly clusters: readonly string[];
}

/** Section 8.3: cuts the groups into slices, numbered from 1 across all groups. An empty group has one empty slice. */
export function sliceGroups(placement: string, groups: readonly PlannedGroup[]): readonly PlannedSlice[] {
  return groups
    .flatMap(({ name, index, clusters }) => {
      const parts = clusters.length === 0 ? [[]] : chunks(clusters, MAX_DECISIONS_PER_SLICE);
      return parts.map((part) => ({ group: { name, index }, clusters: part }));
    })
    .map((slice, position) => ({ ...slice, name: decisionSliceName(placement, position + 1) }));
}

/** `status.decisionGroups`: one entry for each group, whose slices follow each other (placement 10.2). */
export function groupStatuses(slices: readonly PlannedSlice[]): readonly DecisionGroupStatus[] {
  const byIndex = Map.groupBy(slices, ({ group }) => group.index);
  return [...byIndex].map(([index, of]) => ({
    decisionGroupIndex: index,
    decisionGroupName: of[0]?.group.name ?? '',
    decisions: of.map(({ name }) => name),
    clusterCount: of.reduce((count, { clusters }) => count + clusters.length, 0),
  }));
}
