import {
  type ClusterDecision,
  type DecisionGroupStatus,
  labels,
  Placement,
  PlacementDecision,
  type PlacementSpec,
} from '@ocm/api';
import { base, type ConditionLike, given, type Placed, statusOf } from './metadata.ts';

export interface PlacementOver extends Placed {
  readonly spec?: PlacementSpec;
  readonly conditions?: readonly ConditionLike[];
  readonly decisionGroups?: readonly DecisionGroupStatus[];
  readonly numberOfSelectedClusters?: number;
}

/** A Placement that takes every cluster of every bound set. */
export function aPlacement(over: PlacementOver = {}): Placement {
  const { spec = {}, conditions, decisionGroups, numberOfSelectedClusters } = over;
  return {
    ...base(Placement, over, { name: 'placement1', namespace: 'default' }),
    spec,
    ...statusOf(conditions, given({ decisionGroups, numberOfSelectedClusters })),
  };
}

export interface PlacementDecisionOver extends Omit<Placed, 'name'> {
  readonly placement?: string;
  /** Number of the slice, counted from 1; part of the name. */
  readonly slice?: number;
  readonly group?: { readonly index: number; readonly name?: string };
  readonly clusters?: readonly (string | ClusterDecision)[];
}

/** A slice of a Placement's decisions. */
export function aPlacementDecision(over: PlacementDecisionOver = {}): PlacementDecision {
  const { placement = 'placement1', slice = 1, group = { index: 0 }, clusters = ['cluster1'] } = over;
  const decisionLabels = {
    [labels.placement]: placement,
    [labels.decisionGroupIndex]: String(group.index),
    [labels.decisionGroupName]: group.name ?? '',
  };
  const placed = { ...over, labels: { ...decisionLabels, ...over.labels } };
  return {
    ...base(PlacementDecision, placed, { name: `${placement}-decision-${slice}`, namespace: 'default' }),
    status: { decisions: clusters.map(decisionOf) },
  };
}

function decisionOf(cluster: string | ClusterDecision): ClusterDecision {
  return typeof cluster === 'string' ? { clusterName: cluster, reason: '' } : cluster;
}
