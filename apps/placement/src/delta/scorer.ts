import { compareNames } from '@ocm/fleet';
import { allocatableScore, balanceScore } from '../schedule/scores.ts';
import { SUCCESS, type Verdict } from '../schedule/verdict.ts';
import type { ScoreSource, WeightedPrioritizer } from '../schedule/weights.ts';
import type { ClusterId } from './cluster-table.ts';
import type { DeltaSources } from './delta-sources.ts';
import { RecentlyUsed } from './recently-used.ts';
import { ScoreColumn } from './score-column.ts';

/** Each needs 12 bytes for each cluster. */
const PLACES = 100;

/** What the prioritizers make of the candidates. */
export interface Totals {
  /** In the order of the candidates. */
  readonly totals: Float64Array;
  /** A warning when scores have expired. */
  readonly verdict: Verdict;
}

/** One Placement that wants its candidates scored. */
export interface ScoreRequest {
  readonly prioritizers: readonly WeightedPrioritizer[];
  readonly candidates: readonly ClusterId[];
  /** The Placement's decisions as they are, with repetitions. */
  readonly own: readonly ClusterId[];
  readonly nowMs: number;
}

/** One prioritizer's part of a request: its weighted scores are added to the totals. */
interface Addition extends ScoreRequest {
  readonly weight: number;
  readonly totals: Float64Array;
}

/** Score objects that counted 0 because they had expired. */
type Expired = readonly string[];

const NONE_EXPIRED: Expired = [];

/** Scores whole columns of clusters by the formulas of `schedule/scores.ts`. */
export class Scorer {
  readonly #sources: DeltaSources;
  readonly #columns = new RecentlyUsed<string, ScoreColumn>(PLACES);
  /** By cluster id: how often the Placement at hand has chosen the cluster; all 0 in between. */
  #ownTimes = new Uint32Array(0);

  constructor(sources: DeltaSources) {
    this.#sources = sources;
  }

  score(request: ScoreRequest): Totals {
    const { own, prioritizers, candidates } = request;
    const totals = new Float64Array(candidates.length);
    const { capacity } = this.#sources.table;
    if (this.#ownTimes.length < capacity) this.#ownTimes = new Uint32Array(capacity);
    const ownTimes = this.#ownTimes;
    for (const id of own) ownTimes[id] = (ownTimes[id] ?? 0) + 1;
    let verdict = SUCCESS;
    for (const { name, weight, source } of prioritizers) {
      const step = { kind: 'prioritizer', plugin: name } as const;
      const expired = this.#sources.measure(step, () => this.#add(source, { ...request, weight, totals }));
      if (expired.length > 0) verdict = expiredWarning(name, expired);
    }
    for (const id of own) ownTimes[id] = 0;
    return { totals, verdict };
  }

  #add(source: ScoreSource, addition: Addition): Expired {
    switch (source.kind) {
      case 'balance':
        return this.#addBalance(addition);
      case 'steady':
        return this.#addSteady(addition);
      case 'allocatable':
        return this.#addAllocatable(source.resource, addition);
      case 'add-on':
        return this.#addOnScores(source, addition);
      default:
        return source satisfies never;
    }
  }

  #addBalance({ candidates, own, weight, totals }: Addition): Expired {
    const { tally } = this.#sources;
    const { counts } = tally;
    const ownTimes = this.#ownTimes;
    const largest = tally.largestWithout(own);
    const scores = new Int32Array(largest + 1).map((_, count) => weight * balanceScore(count, largest));
    for (let index = 0; index < candidates.length; index += 1) {
      const id = candidates[index] ?? 0;
      totals[index] = (totals[index] ?? 0) + (scores[(counts[id] ?? 0) - (ownTimes[id] ?? 0)] ?? 0);
    }
    return NONE_EXPIRED;
  }

  #addSteady({ candidates, weight, totals }: Addition): Expired {
    const ownTimes = this.#ownTimes;
    for (let index = 0; index < candidates.length; index += 1) {
      if ((ownTimes[candidates[index] ?? 0] ?? 0) > 0) totals[index] = (totals[index] ?? 0) + weight * 100;
    }
    return NONE_EXPIRED;
  }

  #addAllocatable(resource: 'cpu' | 'memory', { candidates, weight, totals }: Addition): Expired {
    const amounts = this.#sources.table.amounts(resource);
    let [min, max] = [Infinity, -Infinity];
    for (const id of candidates) {
      const amount = amounts[id] ?? NaN;
      if (amount < min) min = amount;
      if (amount > max) max = amount;
    }
    for (let index = 0; index < candidates.length; index += 1) {
      const amount = amounts[candidates[index] ?? 0] ?? NaN;
      if (!Number.isNaN(amount)) totals[index] = (totals[index] ?? 0) + weight * allocatableScore(amount, min, max);
    }
    return NONE_EXPIRED;
  }

  #addOnScores(
    wanted: { readonly resource: string; readonly score: string },
    { candidates, weight, totals, nowMs }: Addition,
  ): Expired {
    const { table, findScore } = this.#sources;
    const { resource, score } = wanted;
    const make = (): ScoreColumn => new ScoreColumn(table, findScore, wanted);
    const column = this.#columns.get(`${resource}/${score}`, make) ?? make();
    column.catchUp();
    const { values, untilMs } = column;
    const expired: string[] = [];
    for (let index = 0; index < candidates.length; index += 1) {
      const id = candidates[index] ?? 0;
      if (nowMs > (untilMs[id] ?? NaN)) expired.push(`${table.nameOf(id)}/${resource}`);
      else totals[index] = (totals[index] ?? 0) + weight * (values[id] ?? 0);
    }
    return expired;
  }
}

function expiredWarning(plugin: string, expired: readonly string[]): Verdict {
  const message = `AddOnPlacementScores ${expired.toSorted(compareNames).join(' ')} expired`;
  return { kind: 'warning', plugin, message };
}
