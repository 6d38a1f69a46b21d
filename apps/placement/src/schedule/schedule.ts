import type { ManagedCluster, Taint } from '@ocm/api';
import type { CompiledSpec } from './compile-spec.ts';
import { matchesOne, PREDICATE_PLUGIN } from './predicates.ts';
import { rankClusters, type RankedCluster } from './rank-clusters.ts';
import { type Scores, scoresOf } from './scores.ts';
import { nothingSelected, type Selection } from './selection.ts';
import { judgeTaints, TAINT_PLUGIN } from './tolerations.ts';
import { type Misconfiguration, SUCCESS, type Verdict } from './verdict.ts';
import type { WeightedPrioritizer } from './weights.ts';
import type { SchedulingWorld } from './world.ts';

/** What scheduling came to, and how. */
export interface Schedule extends Selection {
  /** Feasible clusters, best first; empty when the Placement is misconfigured. The selected ones are the first of them. */
  readonly ranked: readonly RankedCluster[];
  /** Survivors of each filter that ran to its end, under the names of all filters so far. */
  readonly filtered: readonly FilterRecord[];
  readonly scored: readonly ScoreRecord[];
}

export interface FilterRecord {
  readonly name: string;
  /** In ranking order in the last record, otherwise in no particular order. */
  readonly clusters: readonly string[];
}

export interface ScoreRecord {
  readonly prioritizer: WeightedPrioritizer;
  readonly scores: Scores;
}

/** A cluster that passed the filters. */
interface Feasible {
  readonly cluster: ManagedCluster;
  readonly avoided: Taint | undefined;
}

const TAINT_RECORD = `${PREDICATE_PLUGIN},${TAINT_PLUGIN}`;

/**
 * One full pass over one Placement: filter, score, rank, select (placement 5 and 6). This is the definition of the outcome; it does not depend on
 * the order of anything in the world.
 */
export function schedule(spec: CompiledSpec, world: SchedulingWorld): Schedule {
  const { predicates, tolerations, weights } = spec;
  const { measure } = world;
  if (predicates.kind === 'misconfigured' && world.available.length > 0) return unschedulable(predicates, []);
  const matching =
    predicates.kind === 'compiled'
      ? measure({ kind: 'filter', plugin: PREDICATE_PLUGIN }, () =>
          world.available.filter((cluster) => matchesOne(predicates, cluster)),
        )
      : [];
  const matched = { name: PREDICATE_PLUGIN, clusters: matching.map(nameOf) };

  if (tolerations.kind === 'misconfigured' && matching.length > 0) return unschedulable(tolerations, [matched]);
  const feasible = measure({ kind: 'filter', plugin: TAINT_PLUGIN }, () => tolerated(spec, matching, world));
  if (weights.kind === 'misconfigured') {
    const passed = { name: TAINT_RECORD, clusters: feasible.map(({ cluster }) => nameOf(cluster)) };
    return unschedulable(weights, [matched, passed]);
  }
  const candidates = feasible.map(({ cluster }) => cluster);
  const scored = weights.prioritizers.map((prioritizer) => ({
    prioritizer,
    scores: measure({ kind: 'prioritizer', plugin: prioritizer.name }, () => scoresOf(prioritizer, candidates, world)),
  }));
  const ranked = rankClusters(withTotals(feasible, scored));
  const wanted = spec.numberOfClusters ?? ranked.length;
  const selected = ranked.slice(0, wanted).map(({ cluster }) => cluster);
  return {
    verdict: verdictOf(scored),
    ranked,
    selected,
    unscheduled: wanted - selected.length,
    filtered: [matched, { name: TAINT_RECORD, clusters: ranked.map(({ cluster }) => nameOf(cluster)) }],
    scored,
    requeueAfterMs: untilToleranceEnds(spec, world),
  };
}

/** The outcome when nothing can be selected, with the filters that ran until then. */
export function unschedulable(verdict: Misconfiguration, filtered: readonly FilterRecord[]): Schedule {
  return { ...nothingSelected(verdict), ranked: [], filtered, scored: [] };
}

function tolerated(
  { tolerations }: CompiledSpec,
  clusters: readonly ManagedCluster[],
  { existing, nowMs }: SchedulingWorld,
): readonly Feasible[] {
  if (tolerations.kind === 'misconfigured') return [];
  return clusters.flatMap((cluster) => {
    const verdict = judgeTaints(cluster, tolerations, { isExisting: existing.has(nameOf(cluster)), nowMs });
    return verdict.kind === 'tolerated' ? [{ cluster, avoided: verdict.avoided }] : [];
  });
}

function withTotals(feasible: readonly Feasible[], scored: readonly ScoreRecord[]): readonly RankedCluster[] {
  return feasible.map(({ cluster, avoided }) => {
    let total = 0;
    for (const { prioritizer, scores } of scored) {
      total += prioritizer.weight * (scores.byCluster.get(nameOf(cluster)) ?? 0);
    }
    return { cluster, total, avoided };
  });
}

/** Of several warnings the last one is reported. */
function verdictOf(scored: readonly ScoreRecord[]): Verdict {
  const stale = scored.findLast(({ scores }) => scores.expired.length > 0);
  if (stale === undefined) return SUCCESS;
  const message = `AddOnPlacementScores ${stale.scores.expired.join(' ')} expired`;
  return { kind: 'warning', plugin: stale.prioritizer.name, message };
}

/** Looks at the clusters that are in slices now: one that has just been selected gets its timer when its slice has been written. */
function untilToleranceEnds({ tolerations }: CompiledSpec, world: SchedulingWorld): number | undefined {
  if (tolerations.kind === 'misconfigured') return undefined;
  const { existing, findCluster, nowMs } = world;
  let endMs = Infinity;
  for (const name of existing) {
    const cluster = findCluster(name);
    const verdict = cluster && judgeTaints(cluster, tolerations, { isExisting: true, nowMs });
    if (verdict?.kind === 'tolerated') endMs = Math.min(endMs, verdict.untilMs ?? Infinity);
  }
  return Number.isFinite(endMs) ? endMs - nowMs : undefined;
}

function nameOf({ metadata }: ManagedCluster): string {
  return metadata.name;
}
