import type { DecisionGroup, GroupStrategy, ManagedCluster } from '@ocm/api';
import { compareNames, type DecisionGroupKey } from '@ocm/fleet';
import { type ClusterSelector, parseClusterSelector } from '../schedule/cluster-selector.ts';
import { misconfigured, type Misconfiguration } from '../schedule/verdict.ts';

/** A group of decisions; its clusters by name, ascending. */
export interface PlannedGroup extends DecisionGroupKey {
  readonly clusters: readonly string[];
}

/** The groups, or what is wrong with the strategy and the groups finished before that (placement 8.3). */
export type GroupPlan =
  | { readonly kind: 'grouped'; readonly groups: readonly PlannedGroup[] }
  | { readonly kind: 'broken'; readonly groups: readonly PlannedGroup[]; readonly problem: Misconfiguration };

/** A part of the clusters that belongs together before it is cut to length. */
interface Section {
  readonly name: string;
  readonly clusters: readonly string[];
}

/** Sections 8.1 and 8.2: divides the selected clusters into groups. Without any there is one empty group. */
export function groupDecisions(selected: readonly ManagedCluster[], strategy: GroupStrategy = {}): GroupPlan {
  const { clustersPerDecisionGroup, decisionGroups = [] } = strategy;
  const length = groupLength(clustersPerDecisionGroup, selected.length);
  if (typeof length !== 'number') return { kind: 'broken', groups: [], problem: length };
  const remaining = new Map(selected.map((cluster) => [cluster.metadata.name, cluster]));
  const sections: Section[] = [];
  for (const decisionGroup of decisionGroups) {
    const selector = parseClusterSelector(decisionGroup.groupClusterSelector);
    if (selector.kind === 'invalid') {
      return { kind: 'broken', groups: cut(sections, length), problem: misconfigured('', selector.problem) };
    }
    sections.push(take(decisionGroup, selector.firstUnmet, remaining));
  }
  sections.push({ name: '', clusters: [...remaining.keys()] });
  const groups = cut(sections, length);
  return { kind: 'grouped', groups: groups.length === 0 ? [{ name: '', index: 0, clusters: [] }] : groups };
}

/** Most clusters in a group; at least 1 unless nothing is selected. Double arithmetic on purpose: 7% of 100 are 8 (placement 8.1). */
function groupLength(wanted: number | string | undefined, total: number): number | Misconfiguration {
  const length = typeof wanted === 'string' ? percentage(wanted, total) : (wanted ?? 0);
  if (length === undefined) return misconfigured('', `${wanted} invalid type: string is not a percentage`);
  return length < 1 || length > total ? total : length;
}

function percentage(text: string, total: number): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?)%$/.exec(text);
  return match === null ? undefined : Math.ceil((Number(match[1]) / 100) * total);
}

function take(
  { groupName }: DecisionGroup,
  firstUnmet: ClusterSelector,
  remaining: Map<string, ManagedCluster>,
): Section {
  const clusters: string[] = [];
  for (const [name, cluster] of remaining) {
    if (firstUnmet(cluster) === undefined) clusters.push(name);
  }
  for (const name of clusters) remaining.delete(name);
  return { name: groupName, clusters };
}

function cut(sections: readonly Section[], length: number): readonly PlannedGroup[] {
  return sections
    .flatMap(({ name, clusters }) =>
      chunks(clusters.toSorted(compareNames), length).map((part) => ({ name, clusters: part })),
    )
    .map((group, index) => ({ ...group, index }));
}

/** Runs of at most `length` items; none for an empty list. */
export function chunks<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += length) parts.push(items.slice(start, start + length));
  return parts;
}
