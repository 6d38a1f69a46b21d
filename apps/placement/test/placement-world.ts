import type { AddOnPlacementScore, ManagedCluster, ManagedClusterSet, Placement, PlacementDecision } from '@ocm/api';
import { compareNames, slicesOfPlacement } from '@ocm/fleet';
import { aClusterSet, aClusterSetBinding, aPlacementDecision } from '@ocm/testing';
import { decidePlacement, type PlacementDecided, type PlacementWorld } from '../src/decide-placement.ts';
import type { PlannedSlice } from '../src/decisions/decision-slices.ts';
import type { CompileCel } from '../src/schedule/cel-expression.ts';
import { compileSpec } from '../src/schedule/compile-spec.ts';
import { countDecisions } from '../src/schedule/decision-counts.ts';
import { unmeasured } from '../src/schedule/measure.ts';
import { schedule, type Schedule } from '../src/schedule/schedule.ts';
import { scoreNote } from '../src/status/score-note.ts';

export const NOW = new Date('2026-01-31T12:00:00Z');

/** The set that takes every cluster. */
export const GLOBAL = aClusterSet({ name: 'global', selector: { selectorType: 'LabelSelector', labelSelector: {} } });

export interface WorldOver {
  readonly clusters?: readonly ManagedCluster[];
  /** Default: the global set. */
  readonly sets?: readonly ManagedClusterSet[];
  /** Sets bound in the namespace `default`; default: all of them. */
  readonly bound?: readonly string[];
  /** Slices of all Placements; those of the Placement itself are found by label. */
  readonly slices?: readonly PlacementDecision[];
  readonly scores?: readonly AddOnPlacementScore[];
  readonly now?: Date;
}

/** The hub as the caches of a controller show it, for one Placement. */
export function worldOf(placement: Placement, over: WorldOver = {}): PlacementWorld {
  const { clusters = [], sets = [GLOBAL], slices = [], scores = [], now = NOW } = over;
  const { bound = sets.map(({ metadata }) => metadata.name) } = over;
  return {
    bindings: bound.map((set) => aClusterSetBinding({ set })),
    findSet: (name) => sets.find(({ metadata }) => metadata.name === name),
    clusters,
    findCluster: (name) => clusters.find(({ metadata }) => metadata.name === name),
    findScore: (cluster, resource) =>
      scores.find(({ metadata }) => metadata.namespace === cluster && metadata.name === resource),
    counts: countDecisions(slices, placement.metadata),
    measure: unmeasured,
    slices: slicesOfPlacement(slices, placement.metadata),
    now,
  };
}

/** Stands in for CEL: `true` and `false` are what they say, `error` fails, `name=x` compares, anything else does not compile. */
export const fewWords: CompileCel = (text) => {
  const [word = '', name] = text.split('=');
  if (!['true', 'false', 'error', 'text', 'name'].includes(word)) {
    return { kind: 'invalid', problem: `compilation failed: ERROR: <input>:1:1: undeclared reference to '${text}'` };
  }
  return {
    text,
    evaluate({ metadata }, costLimit) {
      const cost = 1;
      if (word === 'error' || costLimit < cost) return { kind: 'failed', problem: 'no such key: x', cost };
      const value = { true: true, false: false, text: 'true', name: metadata.name === name }[word];
      return { kind: 'value', value, cost };
    },
  };
};

/** A full pass; throws when the world cannot be understood. */
export function decide(placement: Placement, over: WorldOver = {}): Extract<PlacementDecided, { kind: 'decided' }> {
  const decided = decidePlacement(placement, compileSpec(placement.spec, fewWords), worldOf(placement, over));
  if (decided.kind === 'failed') throw new Error(decided.message);
  return decided;
}

/** Only the scheduling of a pass. */
export function scheduled(placement: Placement, over: WorldOver = {}): Schedule {
  const { clusters = [], now = NOW } = over;
  const world = worldOf(placement, over);
  return schedule(compileSpec(placement.spec, fewWords), {
    ...world,
    available: clusters,
    existing: new Set(world.slices.flatMap(({ status }) => status?.decisions.map((each) => each.clusterName) ?? [])),
    nowMs: now.getTime(),
  });
}

/** The text of the score event. */
export function noteOf({ ranked }: Schedule): string {
  const byName = ranked.toSorted((a, b) => compareNames(a.cluster.metadata.name, b.cluster.metadata.name));
  return scoreNote(byName.map(({ cluster, total }) => ({ name: cluster.metadata.name, total })));
}

/** The slices as an API server would hold them after they have been written. */
export function written(placement: Placement, slices: readonly PlannedSlice[]): readonly PlacementDecision[] {
  const { name, namespace } = placement.metadata;
  return slices.map(({ group, clusters }, position) =>
    aPlacementDecision({ namespace, placement: name, slice: position + 1, group, clusters }),
  );
}

/** Names of the selected clusters, in the order of the slices. */
export function decidedNames(slices: readonly PlannedSlice[]): readonly string[] {
  return slices.flatMap(({ clusters }) => clusters);
}

/** Slices of other Placements that choose each cluster so many times. */
export function chosenElsewhere(times: Readonly<Record<string, number>>): readonly PlacementDecision[] {
  return Object.entries(times).flatMap(([cluster, count]) =>
    Array.from({ length: count }, (_, position) =>
      aPlacementDecision({ namespace: 'elsewhere', placement: `${cluster}-${position}`, clusters: [cluster] }),
    ),
  );
}
