import type { ManagedCluster, Placement } from '@ocm/api';
import type { CompiledSpec } from '../schedule/compile-spec.ts';
import { PREDICATE_PLUGIN } from '../schedule/predicates.ts';
import { nothingSelected, type Selection } from '../schedule/selection.ts';
import { judgeTaints, TAINT_PLUGIN, type Tolerations } from '../schedule/tolerations.ts';
import { scoreNote } from '../status/score-note.ts';
import type { ClusterId } from './cluster-table.ts';
import type { DeltaSources } from './delta-sources.ts';
import type { Feasibility } from './feasibility.ts';
import { Scorer, type Totals } from './scorer.ts';
import { nthLargest } from './select-largest.ts';
import { SharedRules } from './shared-rules.ts';

/** Clusters that change while others are judged are judged as well, but not for ever: their change brings the Placement back anyway. */
const MOST_ROUNDS = 3;
/** More than any sum of scores: it puts a cluster behind all others. */
const BEHIND = 2 ** 50;

/** One Placement to be scheduled. */
export interface DeltaRequest {
  /** `<namespace>/<name>` */
  readonly key: string;
  readonly spec: Placement['spec'];
  readonly compiled: CompiledSpec;
  /** Names of the eligible sets, ascending. */
  readonly sets: readonly string[];
  readonly nowMs: number;
}

interface Candidates {
  /** By name. */
  readonly ids: readonly ClusterId[];
  /** Of those, the ones that rank behind the others at this moment. */
  readonly avoided: ReadonlySet<ClusterId>;
}

/** What `decide` says. */
export interface DeltaOutcome {
  /** How many clusters are available. */
  readonly clusterCount: number;
  readonly selection: Selection;
}

/** The last outcome of a Placement, and the revisions of what it was made of. */
interface Outcome {
  readonly compiled: CompiledSpec;
  readonly feasibility: Feasibility;
  readonly revisions: string;
  readonly selection: Selection;
}

/**
 * Schedules as `schedule` does, but looks only at what has changed: a cluster is judged once for all Placements with the same rules, and a
 * Placement for which nothing has changed is not ranked again.
 */
export class DeltaScheduler {
  readonly #sources: DeltaSources;
  readonly #scorer: Scorer;
  readonly #rules: SharedRules;
  readonly #outcomes = new Map<string, Outcome>();

  constructor(sources: DeltaSources) {
    this.#sources = sources;
    this.#scorer = new Scorer(sources);
    this.#rules = new SharedRules(sources);
  }

  /** Brings up to date which clusters pass; gives way to others when that takes long. @throws the reason of the signal */
  async judge(request: DeltaRequest, signal: AbortSignal): Promise<void> {
    const { turns, measure } = this.#sources;
    const feasibility = this.#rules.of(request);
    const step = { kind: 'filter', plugin: PREDICATE_PLUGIN } as const;
    const judgeOneTurn = (isOver: () => boolean): boolean => measure(step, () => feasibility.judge(isOver));
    const beginRound = (isOver: () => boolean): boolean => {
      feasibility.catchUp();
      return judgeOneTurn(isOver);
    };
    feasibility.retryInterrupted();
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      if (await turns.take(beginRound, signal)) return;
      while (!(await turns.take(judgeOneTurn, signal)));
    }
  }

  /** The outcome for what has been judged: that of `schedule` for the same world. */
  decide(request: DeltaRequest): DeltaOutcome {
    const { key, compiled } = request;
    const feasibility = this.#rules.of(request);
    const revisions = this.#revisionsFor(request, feasibility);
    const last = this.#outcomes.get(key);
    const isSame = last?.compiled === compiled && last.feasibility === feasibility && last.revisions === revisions;
    const clusterCount = feasibility.available;
    if (isSame && last !== undefined) return { clusterCount, selection: last.selection };
    const selection = this.#select(request, feasibility);
    if (revisions === undefined) this.#outcomes.delete(key);
    else this.#outcomes.set(key, { compiled, feasibility, revisions, selection });
    return { clusterCount, selection };
  }

  /** What the event of an update says of the scores (placement 12); to be asked before anything else is scheduled. */
  scoreNote(request: DeltaRequest): string {
    const { table } = this.#sources;
    const { ids } = this.#candidates(request, this.#rules.of(request));
    const totals = this.#score(request, ids)?.totals;
    if (totals === undefined) return '';
    const byName = ids.values().map((id, index) => ({ name: table.nameOf(id), total: totals[index] ?? 0 }));
    return scoreNote(byName);
  }

  /** The Placement is gone. */
  forget(key: string): void {
    this.#outcomes.delete(key);
    this.#rules.forget(key);
  }

  /** `undefined` when the outcome depends on the time, or may know a cluster that is gone. */
  #revisionsFor({ key, compiled }: DeltaRequest, feasibility: Feasibility): string | undefined {
    const { weights, tolerations } = compiled;
    const { tally } = this.#sources;
    if (feasibility.isBehind || (tolerations.kind === 'checked' && tolerations.isTimed)) return undefined;
    if (weights.kind === 'misconfigured') return `${feasibility.revision}`;
    const sources = new Set(weights.prioritizers.map(({ source }) => source.kind));
    if (sources.has('add-on')) return undefined;
    const decisions = sources.has('balance') ? tally.revision : tally.revisionOf(key);
    return `${feasibility.revision} ${decisions}`;
  }

  #select(request: DeltaRequest, feasibility: Feasibility): Selection {
    const { predicates, tolerations, weights, numberOfClusters } = request.compiled;
    if (predicates.kind === 'misconfigured' && feasibility.available > 0) return nothingSelected(predicates);
    if (tolerations.kind === 'misconfigured' && feasibility.matching > 0) return nothingSelected(tolerations);
    if (weights.kind === 'misconfigured') return nothingSelected(weights);
    const { measure } = this.#sources;
    const candidates = measure({ kind: 'filter', plugin: TAINT_PLUGIN }, () => this.#candidates(request, feasibility));
    const scored = this.#score(request, candidates.ids);
    const wanted = numberOfClusters ?? candidates.ids.length;
    const selected = this.#best(wanted, candidates, { feasibility, totals: scored?.totals });
    return {
      verdict: scored?.verdict ?? { kind: 'success' },
      selected,
      unscheduled: wanted - selected.length,
      requeueAfterMs: this.#untilToleranceEnds(request),
    };
  }

  #score({ key, compiled, nowMs }: DeltaRequest, candidates: readonly ClusterId[]): Totals | undefined {
    const { weights } = compiled;
    if (weights.kind === 'misconfigured') return undefined;
    const own = this.#sources.tally.own(key);
    return this.#scorer.score({ prioritizers: weights.prioritizers, candidates, own, nowMs });
  }

  /** Those that pass at this moment. */
  #candidates({ key, compiled, nowMs }: DeltaRequest, feasibility: Feasibility): Candidates {
    const { tolerations } = compiled;
    const { table, tally } = this.#sources;
    const avoided = new Set<ClusterId>();
    const { isBehind, passing } = feasibility;
    const present = isBehind ? passing.filter((id) => table.cluster(id) !== undefined) : passing;
    if (!feasibility.hasConditional || tolerations.kind === 'misconfigured') return { ids: present, avoided };
    const own = new Set(tally.own(key));
    const ids = present.filter((id) => {
      if (!feasibility.isConditional(id)) return true;
      const verdict = judge(table.cluster(id), tolerations, { isExisting: own.has(id), nowMs });
      if (verdict?.kind === 'tolerated' && verdict.avoided !== undefined) avoided.add(id);
      return verdict?.kind === 'tolerated';
    });
    return { ids, avoided };
  }

  /** The first in the order of placement 6.6: not avoided before avoided, then by total, then by name. */
  #best(
    wanted: number,
    { ids, avoided }: Candidates,
    { feasibility, totals }: { readonly feasibility: Feasibility; readonly totals: Float64Array | undefined },
  ): readonly ManagedCluster[] {
    const { table } = this.#sources;
    const clusters = (chosen: readonly ClusterId[]): readonly ManagedCluster[] =>
      chosen.flatMap((id) => table.cluster(id) ?? []);
    if (wanted >= ids.length || totals === undefined) return clusters(ids);
    if (wanted === 0) return [];
    if (feasibility.hasAvoided || avoided.size > 0) {
      for (const [index, id] of ids.entries()) {
        if (feasibility.isAvoided(id) || avoided.has(id)) totals[index] = (totals[index] ?? 0) - BEHIND;
      }
    }
    return clusters(largest(ids, totals, wanted));
  }

  /** Looks at the clusters that are in slices now (placement 5.5.5). */
  #untilToleranceEnds({ key, compiled: { tolerations }, nowMs }: DeltaRequest): number | undefined {
    if (tolerations.kind === 'misconfigured' || !tolerations.isTimed) return undefined;
    const { table, tally } = this.#sources;
    let endMs = Infinity;
    for (const id of tally.own(key)) {
      const verdict = judge(table.cluster(id), tolerations, { isExisting: true, nowMs });
      if (verdict?.kind === 'tolerated') endMs = Math.min(endMs, verdict.untilMs ?? Infinity);
    }
    return Number.isFinite(endMs) ? endMs - nowMs : undefined;
  }
}

/** The ids with the largest values, the first ones of those that are equal. */
function largest(ids: readonly ClusterId[], values: Float64Array, count: number): readonly ClusterId[] {
  const last = nthLargest(values, count);
  const above: ClusterId[] = [];
  const equal: ClusterId[] = [];
  for (let index = 0; index < ids.length; index += 1) {
    const value = values[index] ?? last;
    if (value > last) above.push(ids[index] ?? 0);
    else if (value === last && equal.length < count) equal.push(ids[index] ?? 0);
  }
  return [...above, ...equal.slice(0, count - above.length)];
}

function judge(
  cluster: ManagedCluster | undefined,
  tolerations: Tolerations,
  situation: Parameters<typeof judgeTaints>[2],
): ReturnType<typeof judgeTaints> | undefined {
  return cluster === undefined ? undefined : judgeTaints(cluster, tolerations, situation);
}
