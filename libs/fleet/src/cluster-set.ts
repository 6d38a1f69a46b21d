import { labels, type LabelSelector, type ManagedCluster, type ManagedClusterSet } from '@ocm/api';
import { type LabelMatcher, parseLabelSelector } from './label-selector.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** How a set finds its members, or why it cannot. */
export type SetMembership =
  | { readonly kind: 'exclusive'; readonly set: string }
  | { readonly kind: 'selector'; readonly matcher: LabelMatcher }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'broken'; readonly problem: string };

/** Sets that took a cluster, and sets of which nobody can tell. */
export interface SetsOfCluster {
  /** Names, in the order of the sets given. */
  readonly names: readonly string[];
  readonly broken: readonly { readonly set: string; readonly problem: string }[];
}

/**
 * How a ManagedClusterSet chooses its members (placement 4.3): by the exclusive label; by a label selector, where `{}` takes every cluster and
 * an absent or null one takes none.
 */
export function setMembership({ metadata, spec }: ManagedClusterSet): SetMembership {
  const selector = spec?.clusterSelector;
  // The schema closes the list of types, but not for objects that were stored under an older one.
  const type: string = selector?.selectorType ?? '';
  if (type === 'LabelSelector') return selectorMembership(selector?.labelSelector);
  if (type === '' || type === 'ExclusiveClusterSetLabel') return { kind: 'exclusive', set: metadata.name };
  return { kind: 'broken', problem: `selectorType "${type}" is neither ExclusiveClusterSetLabel nor LabelSelector` };
}

function selectorMembership(selector: LabelSelector | null | undefined): SetMembership {
  if (selector === undefined || selector === null) return { kind: 'nobody' };
  const parsed = parseLabelSelector(selector);
  return parsed.kind === 'valid'
    ? { kind: 'selector', matcher: parsed.matcher }
    : { kind: 'broken', problem: parsed.problem };
}

/** Whether a cluster with these labels is a member; a broken set has none. */
export function isMember(membership: SetMembership, clusterLabels: Labels): boolean {
  switch (membership.kind) {
    case 'exclusive':
      return clusterLabels?.[labels.clusterSet] === membership.set;
    case 'selector':
      return membership.matcher.matches(clusterLabels);
    case 'nobody':
    case 'broken':
      return false;
    default:
      return membership satisfies never;
  }
}

/** The members of a set among the clusters, or what is wrong with the set (placement 18.1 a). Clusters that are being deleted count. */
export function clustersOfSet(
  set: ManagedClusterSet,
  clusters: readonly ManagedCluster[],
):
  | { readonly kind: 'members'; readonly clusters: readonly ManagedCluster[] }
  | { readonly kind: 'broken'; readonly problem: string } {
  const membership = setMembership(set);
  if (membership.kind === 'broken') return membership;
  return { kind: 'members', clusters: clusters.filter(({ metadata }) => isMember(membership, metadata.labels)) };
}

/**
 * The sets that a cluster with these labels is in (placement 18.1 b). One broken set does not hide the others; who must fail on it looks at
 * `broken`.
 */
export function setsOfCluster(clusterLabels: Labels, sets: readonly ManagedClusterSet[]): SetsOfCluster {
  const names: string[] = [];
  const broken: { set: string; problem: string }[] = [];
  for (const set of sets) {
    const membership = setMembership(set);
    const { name } = set.metadata;
    if (membership.kind === 'broken') broken.push({ set: name, problem: membership.problem });
    else if (isMember(membership, clusterLabels)) names.push(name);
  }
  return { names, broken };
}
