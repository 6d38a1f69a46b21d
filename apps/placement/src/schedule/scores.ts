import type { AddOnPlacementScore, ManagedCluster } from '@ocm/api';
import { compareNames } from '@ocm/fleet';
import { approximateQuantity } from './approximate-quantity.ts';
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
      return scoreEach(candidates, (name) => balanceScore(world.counts.of(name) ?? 0, world.counts.largest));
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

/** Of a cluster that others have chosen so many times (placement 6.2). */
export function balanceScore(count: number, largest: number): number {
  return count === 0 ? 100 : 2 * truncate(100 * (0.5 - count / largest));
}

function allocatableScores(resource: 'cpu' | 'memory', candidates: Candidates): ReadonlyMap<string, number> {
  const amounts = candidates.flatMap((cluster) => {
    const amount = allocatableAmount(cluster, resource);
    return amount === undefined ? [] : [[cluster.metadata.name, amount] as const];
  });
  const max = amounts.reduce((largest, [, amount]) => Math.max(largest, amount), -Infinity);
  const min = amounts.reduce((smallest, [, amount]) => Math.min(smallest, amount), Infinity);
  return new Map(amounts.map(([name, amount]) => [name, allocatableScore(amount, min, max)]));
}

/** `min` and `max` are those of all candidates that take part (placement 6.4). */
export function allocatableScore(amount: number, min: number, max: number): number {
  return max === min ? 100 : truncate(((amount - min) / (max - min) - 0.5) * 2 * 100);
}

/** `undefined` unless the cluster reports both allocatable and capacity: then it does not take part. */
export function allocatableAmount({ status }: ManagedCluster, resource: 'cpu' | 'memory'): number | undefined {
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
    const isExpired = nowMs > validUntilMs(found);
    if (isExpired) expired.push(`${metadata.name}/${resource}`);
    byCluster.set(metadata.name, isExpired ? 0 : scoreValue(found, score));
  }
  return { byCluster, expired: expired.toSorted(compareNames) };
}

/** In milliseconds since the epoch. NaN, which no time is after, when the scores are good for ever. */
export function validUntilMs(scores: AddOnPlacementScore | undefined): number {
  return Date.parse(scores?.status?.validUntil ?? '');
}

/** The value of a score, 0 when there is none. */
export function scoreValue(scores: AddOnPlacementScore | undefined, wanted: string): number {
  return scores?.status?.scores?.find(({ name }) => name === wanted)?.value ?? 0;
}

/** Toward zero, and never -0. */
function truncate(value: number): number {
  return Math.trunc(value) + 0;
}
