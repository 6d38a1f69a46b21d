import type { AddOnPlacementScore, ManagedCluster } from '@ocm/api';
import { compareNames } from '@ocm/fleet';
import { approximateQuantity } from './approximate-quantity.ts';
import type { DecisionCounts } from './decision-counts.ts';
import type { WeightedPrioritizer } from './weights.ts';
import type { SchedulingWorld } from './world.ts';

/** Unweighted scores by cluster name; a cluster without an entry counts 0. */
export interface Scores {
  readonly byCluster: ReadonlyMap<string, number>;
  /** Score objects that counted 0 because they had expired, as `<namespace>/<name>`, ascending. */
  readonly expired: readonly string[];
}

type Candidates = readonly ManagedCluster[];

/** The scores that a prioritizer gives the candidates (placement 6.2 to 6.5). */
export function scoresOf({ source }: WeightedPrioritizer, candidates: Candidates, world: SchedulingWorld): Scores {
  switch (source.kind) {
    case 'balance':
      return scoreEach(candidates, (name) => balanceScore(name, world.counts));
    case 'steady':
      return scoreEach(candidates, (name) => (world.existing.has(name) ? 100 : 0));
    case 'allocatable':
      return { byCluster: allocatableScores(source.resource, candidates), expired: [] };
    case 'add-on':
      return addOnScores(source, candidates, world);
    default:
      return source satisfies never;
  }
}

function scoreEach(candidates: Candidates, score: (name: string) => number): Scores {
  return { byCluster: new Map(candidates.map(({ metadata: { name } }) => [name, score(name)])), expired: [] };
}

function balanceScore(name: string, counts: DecisionCounts): number {
  const count = counts.of(name);
  return count === undefined ? 100 : 2 * truncate(100 * (0.5 - count / counts.largest));
}

function allocatableScores(resource: 'cpu' | 'memory', candidates: Candidates): ReadonlyMap<string, number> {
  const amounts = candidates.flatMap((cluster) => {
    const amount = allocatable(cluster, resource);
    return amount === undefined ? [] : [[cluster.metadata.name, amount] as const];
  });
  const max = amounts.reduce((largest, [, amount]) => Math.max(largest, amount), -Infinity);
  const min = amounts.reduce((smallest, [, amount]) => Math.min(smallest, amount), Infinity);
  const score = (amount: number): number =>
    max === min ? 100 : truncate(((amount - min) / (max - min) - 0.5) * 2 * 100);
  return new Map(amounts.map(([name, amount]) => [name, score(amount)]));
}

/** Only a cluster that reports both allocatable and capacity takes part. */
function allocatable({ status }: ManagedCluster, resource: string): number | undefined {
  const amount = status?.allocatable?.[resource];
  if (amount === undefined || status?.capacity?.[resource] === undefined) return undefined;
  return approximateQuantity(amount);
}

function addOnScores(
  { resource, score }: { readonly resource: string; readonly score: string },
  candidates: Candidates,
  { findScore, nowMs }: SchedulingWorld,
): Scores {
  const expired: string[] = [];
  const byCluster = new Map<string, number>();
  for (const { metadata } of candidates) {
    const found = findScore(metadata.name, resource);
    const isExpired = found !== undefined && hasExpired(found, nowMs);
    if (isExpired) expired.push(`${metadata.name}/${resource}`);
    byCluster.set(metadata.name, isExpired ? 0 : valueOf(found, score));
  }
  return { byCluster, expired: expired.toSorted(compareNames) };
}

/** Without a time, scores are good for ever. */
function hasExpired({ status }: AddOnPlacementScore, nowMs: number): boolean {
  return nowMs > Date.parse(status?.validUntil ?? '');
}

function valueOf(scores: AddOnPlacementScore | undefined, wanted: string): number {
  return scores?.status?.scores?.find(({ name }) => name === wanted)?.value ?? 0;
}

/** Toward zero, and never -0. */
function truncate(value: number): number {
  return Math.trunc(value) + 0;
}
