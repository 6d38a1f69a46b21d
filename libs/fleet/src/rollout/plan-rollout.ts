import type { RolloutStrategy } from '@ocm/api';
import { compareNames } from '../compare-names.ts';
import { allDecidedClusters, groupsBesides, groupsByChoice, type TrackedDecisions } from '../decision-tracker.ts';
import { clustersOf, parseRolloutStrategy, type RolloutRules } from './rollout-rules.ts';
import type { RolloutState } from './rollout-status.ts';

/** A cluster and where it stands. */
export interface ClusterRollout extends RolloutState {
  readonly cluster: string;
}

/** What a rollout starts from. */
export interface RolloutSituation {
  /** Without one everything is rolled out at once. */
  readonly strategy: RolloutStrategy | undefined;
  /** The chosen clusters by decision group. */
  readonly groups: TrackedDecisions;
  /** Clusters that the present content has been sent to, chosen or not; all others have yet to get it. */
  readonly known: readonly ClusterRollout[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What a rollout does next (work 13.6), or what is wrong with its strategy. */
export type RolloutPlan =
  | {
      readonly kind: 'planned';
      /** Clusters that are being worked on. Those in `ToApply` are to get the content now, or to keep it; the others only hold their place. */
      readonly batch: readonly ClusterRollout[];
      /** Clusters that were not done in time; their status is `TimeOut`. */
      readonly timedOut: readonly ClusterRollout[];
      /** Known clusters that are not chosen any more, ascending. */
      readonly removed: readonly string[];
      /** More clusters have failed than the strategy allows: no cluster begins until that changes. */
      readonly isBreached: boolean;
      /** When time alone changes the plan: a soak or a deadline that ends, in milliseconds; absent when nothing does. */
      readonly recheckInMs?: number;
    }
  | { readonly kind: 'invalid'; readonly problem: string };

/** The rollout as planned so far. */
interface Stage {
  readonly batch: readonly ClusterRollout[];
  readonly timedOut: readonly ClusterRollout[];
  readonly isBreached: boolean;
  readonly rechecksMs: readonly number[];
}

/** The part of a rollout that a stage is about. */
interface Part {
  readonly groups: TrackedDecisions;
  /** Chosen clusters of these groups that have the content, by name. */
  readonly known: readonly ClusterRollout[];
  readonly rules: RolloutRules;
  readonly nowMs: number;
}

/**
 * What a rollout does next (work 13): who gets the content now, who has run out of time, and when to ask again. A pure function of the
 * situation: asked again with the same answer from the clusters, it plans the same.
 */
export function planRollout({ strategy, groups, known, nowMs }: RolloutSituation): RolloutPlan {
  const parsed = parseRolloutStrategy(strategy);
  if (parsed.kind === 'invalid') return parsed;
  const chosen = allDecidedClusters(groups);
  const byName = known.toSorted((a, b) => compareNames(a.cluster, b.cluster));
  const { rechecksMs, ...stage } = stageOf(parsed.rules, { groups, chosen, known: byName, nowMs });
  const recheckInMs = Math.min(...rechecksMs);
  return {
    kind: 'planned',
    ...stage,
    removed: byName.flatMap(({ cluster }) => (chosen.has(cluster) ? [] : [cluster])),
    ...(Number.isFinite(recheckInMs) ? { recheckInMs } : {}),
  };
}

function stageOf(
  rules: RolloutRules,
  { groups, chosen, known, nowMs }: Omit<RolloutSituation, 'strategy'> & { readonly chosen: ReadonlySet<string> },
): Stage {
  const partOf = (of: TrackedDecisions): Part => {
    const clusters = allDecidedClusters(of);
    return { groups: of, known: known.filter(({ cluster }) => clusters.has(cluster)), rules, nowMs };
  };
  if (rules.type === 'All') return byCluster(partOf(groups), { size: chosen.size, maxFailures: chosen.size });
  const mandatory = groupsByChoice(groups, rules.mandatory);
  const first = byGroup(partOf(mandatory), () => 0);
  // While mandatory groups are at work or have failed, nobody else begins (work 13.5).
  if (first.batch.length > 0 || first.timedOut.length > 0) return first;
  const others = groupsBesides(groups, rules.mandatory);
  if (rules.type === 'ProgressivePerGroup') {
    const part = { ...partOf(others), groups: withoutThoseBeyondAGap(others, groups) };
    return byGroup(part, (size) => clustersOf(rules.maxFailures, size, 0));
  }
  const remaining = allDecidedClusters(others).size;
  const size = rules.maxConcurrency === undefined ? remaining : clustersOf(rules.maxConcurrency, remaining, remaining);
  return byCluster(partOf(others), { size, maxFailures: clustersOf(rules.maxFailures, chosen.size, 0) });
}

/** Work 13.4: places are kept by those that have begun; what is free goes to the next clusters by name. */
function byCluster(part: Part, { size, maxFailures }: { readonly size: number; readonly maxFailures: number }): Stage {
  const batch: ClusterRollout[] = [];
  const timedOut: ClusterRollout[] = [];
  const rechecksMs: number[] = [];
  let failures = 0;
  const stage = (): Stage => ({ batch, timedOut, rechecksMs, isBreached: failures > maxFailures });
  for (const each of part.known) {
    if (failures > maxFailures && each.status === 'ToApply') continue;
    const { isInBatch, now, recheckInMs } = classify(each, part);
    if (isInBatch) batch.push(now);
    if (now.status === 'TimeOut') timedOut.push(now);
    if (isFailure(now)) failures += 1;
    if (recheckInMs !== undefined) rechecksMs.push(recheckInMs);
    if (batch.length >= size) return stage();
  }
  if (failures <= maxFailures) batch.push(...beginners(part).slice(0, size - batch.length));
  return stage();
}

/** The clusters that have not begun, by name. */
function beginners({ groups, known }: Part): readonly ClusterRollout[] {
  const begun = new Set(known.map(({ cluster }) => cluster));
  const waiting = [...allDecidedClusters(groups).difference(begun)].toSorted(compareNames);
  return waiting.map((cluster) => ({ cluster, status: 'ToApply' }));
}

/** Work 13.5: a group begins when all before it are through, but for tolerated failures. */
function byGroup(part: Part, maxFailuresOf: (groupSize: number) => number): Stage {
  const begun = part.known.filter(({ status }) => status !== 'ToApply').map((each) => classify(each, part));
  const statusOf = new Map(begun.map(({ now }) => [now.cluster, now]));
  const batch = begun.flatMap(({ isInBatch, now }) => (isInBatch ? [now] : []));
  const timedOut = begun.flatMap(({ now }) => (now.status === 'TimeOut' ? [now] : []));
  const rechecksMs = begun.flatMap(({ recheckInMs }) => recheckInMs ?? []);
  let failures = 0;
  for (const { clusters } of part.groups.toSorted((a, b) => a.index - b.index)) {
    const names = [...clusters].toSorted(compareNames);
    const failed = names.filter((name) => isFailure(statusOf.get(name))).length;
    failures += failed;
    const isBreached = failed > maxFailuresOf(clusters.size);
    for (const cluster of names) if (!statusOf.has(cluster)) batch.push({ cluster, status: 'ToApply' });
    // Contract: timed-out clusters count here although they are not in the batch (work 13.5).
    if (batch.length - failures > 0 || isBreached) return { batch, timedOut, rechecksMs, isBreached };
  }
  return { batch, timedOut, rechecksMs, isBreached: false };
}

interface Classified {
  readonly isInBatch: boolean;
  readonly now: ClusterRollout;
  readonly recheckInMs?: number;
}

/** Work 13.3. */
function classify(each: ClusterRollout, { rules, nowMs }: Part): Classified {
  const { status, sinceMs = nowMs } = each;
  switch (status) {
    case 'ToApply':
      return { isInBatch: true, now: each };
    case 'Succeeded':
      return untilThen(each, sinceMs + rules.soakMs - nowMs);
    case 'Progressing':
    case 'Failed': {
      const leftMs = sinceMs + rules.deadlineMs - nowMs;
      return leftMs > 0 ? untilThen(each, leftMs) : { isInBatch: false, now: { ...each, status: 'TimeOut' } };
    }
    case 'TimeOut':
    case 'Skip':
      return { isInBatch: false, now: each };
  }
}

function untilThen(now: ClusterRollout, leftMs: number): Classified {
  if (leftMs <= 0) return { isInBatch: false, now };
  return { isInBatch: true, now, ...(Number.isFinite(leftMs) ? { recheckInMs: leftMs } : {}) };
}

function isFailure(each: ClusterRollout | undefined): boolean {
  return each?.status === 'TimeOut' || each?.status === 'Failed';
}

/** Indexes run from 0 without gaps; what lies beyond one is about to change (work 13.5). */
function withoutThoseBeyondAGap(some: TrackedDecisions, all: TrackedDecisions): TrackedDecisions {
  const indexes = new Set(all.map(({ index }) => index));
  let end = 0;
  while (indexes.has(end)) end += 1;
  return some.filter(({ index }) => index < end);
}
