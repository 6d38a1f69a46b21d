import { labels, type PlacementDecision } from '@ocm/api';
import { compareNames } from './compare-names.ts';
import { decidedClusters, type DecisionGroupKey } from './decision-slice.ts';

/** One decision group with its clusters. */
export interface DecisionGroupClusters extends DecisionGroupKey {
  readonly clusters: ReadonlySet<string>;
}

/** A Placement's decisions by group, ordered by index, then name. A value: a refresh makes another one. */
export type TrackedDecisions = readonly DecisionGroupClusters[];

/** The decisions, or which slice cannot be read. */
export type DecisionsOutcome =
  | { readonly kind: 'tracked'; readonly groups: TrackedDecisions }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** A group that a rollout names: by name, which stands for all its indexes, or by index when the name is empty or left out. */
export interface DecisionGroupChoice {
  readonly name?: string;
  readonly index?: number;
}

/**
 * The decisions in the slices of one Placement, slices of the same group put together (placement 18.2).
 *
 * @returns `unreadable` with `incorrect group index: …` when a slice has no numeric index label; callers then keep what they had
 */
export function trackDecisions(slices: readonly PlacementDecision[]): DecisionsOutcome {
  const groups = new Map<string, DecisionGroupKey & { readonly clusters: Set<string> }>();
  for (const slice of slices) {
    const sliceLabels = slice.metadata.labels ?? {};
    const name = sliceLabels[labels.decisionGroupName] ?? '';
    const text = sliceLabels[labels.decisionGroupIndex] ?? '';
    if (!/^[+-]?\d+$/.test(text)) {
      const problem = `incorrect group index: "${text}" in label ${labels.decisionGroupIndex} of ${slice.metadata.name}`;
      return { kind: 'unreadable', problem };
    }
    const index = Number(text);
    const id = `${index}/${name}`;
    const group = groups.get(id) ?? { name, index, clusters: new Set<string>() };
    groups.set(id, group);
    for (const cluster of decidedClusters(slice)) group.clusters.add(cluster);
  }
  return { kind: 'tracked', groups: [...groups.values()].toSorted(byIndexThenName) };
}

/** A plain list of cluster names as the result to compare with: the group with index 0 and no name (placement 18.2). */
export function decisionsOfNames(clusters: Iterable<string>): TrackedDecisions {
  return [{ name: '', index: 0, clusters: new Set(clusters) }];
}

/** All decided clusters, each once, in the order of the groups. */
export function allDecidedClusters(groups: TrackedDecisions): ReadonlySet<string> {
  return new Set(groups.flatMap(({ clusters }) => [...clusters]));
}

/** The group of each cluster; of a cluster in two groups (a moment of a shift) the last one. */
export function groupOfCluster(groups: TrackedDecisions): ReadonlyMap<string, DecisionGroupKey> {
  return new Map(
    groups.flatMap(({ name, index, clusters }) => [...clusters].map((cluster) => [cluster, { name, index }] as const)),
  );
}

/** Which clusters came and went between two readings, ascending. A move between groups is neither. */
export function decisionChanges(
  before: TrackedDecisions,
  after: TrackedDecisions,
): { readonly added: readonly string[]; readonly deleted: readonly string[] } {
  const old = allDecidedClusters(before);
  const now = allDecidedClusters(after);
  return { added: inOrder(now.difference(old)), deleted: inOrder(old.difference(now)) };
}

/**
 * The chosen groups in the order of the choices: one with a name stands for all indexes of that name, ascending, and one without for the group
 * with that index. Unknown choices are left out, no choices give nothing, and no group comes twice.
 */
export function groupsByChoice(groups: TrackedDecisions, choices: readonly DecisionGroupChoice[]): TrackedDecisions {
  return [...new Set(choices.flatMap((choice) => groups.filter((group) => isChosen(group, choice))))];
}

/** The groups that no choice stands for, by index; no choices give all. */
export function groupsBesides(groups: TrackedDecisions, choices: readonly DecisionGroupChoice[]): TrackedDecisions {
  return groups.filter((group) => !choices.some((choice) => isChosen(group, choice)));
}

function isChosen(group: DecisionGroupKey, { name = '', index = 0 }: DecisionGroupChoice): boolean {
  return name === '' ? group.index === index : group.name === name;
}

function byIndexThenName(a: DecisionGroupKey, b: DecisionGroupKey): number {
  return a.index - b.index || compareNames(a.name, b.name);
}

function inOrder(names: Iterable<string>): readonly string[] {
  return [...names].toSorted(compareNames);
}
