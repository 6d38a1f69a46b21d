import { isDeleting, labels, type ManagedCluster, type Placement, type Taint } from '@ocm/api';
import { decidePlacement, type PlacementDecided, type PlacementWorld, schedulingWorld } from '../decide-placement.ts';
import type { CompiledSpec } from '../schedule/compile-spec.ts';
import { matchesOne, type PredicateFailure } from '../schedule/predicates.ts';
import type { Schedule, ScoreRecord } from '../schedule/schedule.ts';
import { judgeTaints } from '../schedule/tolerations.ts';
import type { Misconfiguration } from '../schedule/verdict.ts';
import type { SchedulingWorld } from '../schedule/world.ts';
import { type ExpiredToleration, expiredTolerations } from './expired-tolerations.ts';

/** Why a Placement has a cluster, or does not: the first stage that stopped it, with what it found. */
export type Explanation =
  | { readonly kind: 'unknown-cluster' }
  | { readonly kind: 'undecidable'; readonly message: string }
  | { readonly kind: 'being-deleted' }
  | { readonly kind: 'not-in-a-set'; readonly eligibleSets: readonly string[]; readonly setLabel: string | undefined }
  | Misconfiguration
  | { readonly kind: 'no-predicate-matches'; readonly failures: readonly IndexedFailure[] }
  | { readonly kind: 'not-tolerated'; readonly taint: Taint; readonly expired: readonly ExpiredToleration[] }
  | ({ readonly kind: 'outranked' | 'selected' } & Standing);

/** What a predicate of `spec.predicates` misses. */
export interface IndexedFailure {
  /** Position in `spec.predicates`, from 0. */
  readonly predicate: number;
  readonly failure: PredicateFailure;
}

/** Where a feasible cluster stands. */
export interface Standing {
  /** From 1. */
  readonly rank: number;
  readonly feasible: number;
  readonly total: number;
  readonly scores: readonly ScoreShare[];
  /** The untolerated PreferNoSelect taint that puts it behind all clusters without one. */
  readonly avoided: Taint | undefined;
  /** The last cluster that is selected, and how many points of total it is ahead; `undefined` when none is. */
  readonly lastSelected: LastSelected | undefined;
}

export interface LastSelected {
  readonly cluster: string;
  readonly total: number;
  readonly ahead: number;
  readonly avoided: Taint | undefined;
}

/** What one prioritizer contributes. */
export interface ScoreShare {
  readonly prioritizer: string;
  readonly weight: number;
  /** `undefined` when it gives the cluster no score, which counts 0. */
  readonly score: number | undefined;
  readonly contribution: number;
}

/** Goes through the stages of scheduling for one cluster. The world is that of `decidePlacement`, and so is the answer. */
export function explainCluster(
  { placement, compiled, cluster: name }: { placement: Placement; compiled: CompiledSpec; cluster: string },
  world: PlacementWorld,
): Explanation {
  const cluster = world.findCluster(name);
  if (cluster === undefined) return { kind: 'unknown-cluster' };
  if (isDeleting(cluster)) return { kind: 'being-deleted' };
  const decided = decidePlacement(placement, compiled, world);
  if (decided.kind === 'failed') return { kind: 'undecidable', message: decided.message };
  const { availability, schedule } = decided;
  if (!availability.clusters.some(({ metadata }) => metadata.name === name)) {
    const setLabel = cluster.metadata.labels?.[labels.clusterSet];
    return { kind: 'not-in-a-set', eligibleSets: availability.sets, setLabel };
  }
  if (schedule.verdict.kind === 'misconfigured') return schedule.verdict;
  const situation = schedulingWorld(availability.clusters, world);
  return (
    explainPredicates(cluster, compiled) ??
    explainTaints({ cluster, placement, compiled }, situation) ??
    explainGroups(name, decided) ??
    explainRank(name, schedule)
  );
}

/** What keeps a cluster that is selected out of all groups: those after a broken one are not formed, those before it are (Q6). */
function explainGroups(
  name: string,
  { schedule: { selected }, slices, verdict }: Extract<PlacementDecided, { kind: 'decided' }>,
): Misconfiguration | undefined {
  const isSelected = selected.some(({ metadata }) => metadata.name === name);
  const isLost = isSelected && !slices.some(({ clusters }) => clusters.includes(name));
  return isLost && verdict.kind === 'misconfigured' ? verdict : undefined;
}

/** What each predicate misses; `undefined` when one matches. */
function explainPredicates(cluster: ManagedCluster, { predicates }: CompiledSpec): Explanation | undefined {
  if (predicates.kind !== 'compiled' || matchesOne(predicates, cluster)) return undefined;
  const failures = predicates.predicates.flatMap((predicate, position) => {
    const failure = predicate(cluster);
    return failure === undefined ? [] : [{ predicate: position, failure }];
  });
  return { kind: 'no-predicate-matches', failures };
}

/** The first taint that is not tolerated. */
function explainTaints(
  {
    cluster,
    placement,
    compiled: { tolerations },
  }: { readonly cluster: ManagedCluster; readonly placement: Placement; readonly compiled: CompiledSpec },
  { existing, nowMs }: SchedulingWorld,
): Explanation | undefined {
  if (tolerations.kind !== 'checked') return undefined;
  const verdict = judgeTaints(cluster, tolerations, { isExisting: existing.has(cluster.metadata.name), nowMs });
  if (verdict.kind !== 'repelled') return undefined;
  const { taint } = verdict;
  return { kind: 'not-tolerated', taint, expired: expiredTolerations(taint, placement.spec.tolerations) };
}

function explainRank(name: string, { ranked, selected, scored }: Schedule): Explanation {
  const position = ranked.findIndex(({ cluster }) => cluster.metadata.name === name);
  const own = ranked[position];
  // It has passed the filters, so it is ranked.
  if (own === undefined) throw new Error(`cluster ${name} passed all filters and has no rank`);
  const last = ranked[selected.length - 1];
  return {
    kind: position < selected.length ? 'selected' : 'outranked',
    rank: position + 1,
    feasible: ranked.length,
    total: own.total,
    scores: scored.map((record) => shareOf(name, record)),
    avoided: own.avoided,
    lastSelected: last && {
      cluster: last.cluster.metadata.name,
      total: last.total,
      ahead: last.total - own.total,
      avoided: last.avoided,
    },
  };
}

function shareOf(name: string, { prioritizer, scores }: ScoreRecord): ScoreShare {
  const score = scores.byCluster.get(name);
  const { weight } = prioritizer;
  return { prioritizer: prioritizer.name, weight, score, contribution: weight * (score ?? 0) + 0 };
}
