import { labels, type PlacementDecision } from '@ocm/api';

/** The most decisions in one PlacementDecision (placement 2.1). */
export const MAX_DECISIONS_PER_SLICE = 100;

/** A group of decisions, as the labels of its slices name it. */
export interface DecisionGroupKey {
  /** Empty for groups made of what no named group took. */
  readonly name: string;
  readonly index: number;
}

/**
 * Name of a slice of a Placement's decisions.
 *
 * @param slice counted from 1
 */
export function decisionSliceName(placement: string, slice: number): string {
  return `${placement}-decision-${slice}`;
}

/** The three labels of a slice, and all that it carries (placement 9.1). */
export function decisionSliceLabels(placement: string, group: DecisionGroupKey): Readonly<Record<string, string>> {
  return {
    [labels.placement]: placement,
    [labels.decisionGroupIndex]: String(group.index),
    [labels.decisionGroupName]: group.name,
  };
}

/** Names of the clusters in a slice; none while it has no status (placement 18.4). */
export function decidedClusters({ status }: PlacementDecision): readonly string[] {
  return (status?.decisions ?? []).map(({ clusterName }) => clusterName);
}

/** The slices of a Placement among all of its namespace (placement 18.4): found by label, never by name. */
export function slicesOfPlacement(
  slices: readonly PlacementDecision[],
  placement: { readonly namespace?: string | undefined; readonly name: string },
): readonly PlacementDecision[] {
  return slices.filter(
    ({ metadata }) =>
      metadata.namespace === placement.namespace && metadata.labels?.[labels.placement] === placement.name,
  );
}
