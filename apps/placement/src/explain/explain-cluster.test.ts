import type { PlacementSpec } from '@ocm/api';
import { aCluster, aClusterSet, aPlacement, aPlacementDecision } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { fewWords, NOW, type WorldOver, worldOf } from '../../test/placement-world.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { explainCluster } from './explain-cluster.ts';

const CLUSTERS = ['a', 'b', 'c'].map((name) => aCluster({ name, labels: { tier: name } }));

function explain(cluster: string, spec: PlacementSpec = {}, over: WorldOver = {}): unknown {
  const placement = aPlacement({ spec });
  const world = worldOf(placement, { clusters: CLUSTERS, ...over });
  return explainCluster({ placement, compiled: compileSpec(spec, fewWords), cluster }, world);
}

test('a cluster that does not exist', () => {
  expect(explain('z')).toEqual({ kind: 'unknown-cluster' });
});

test('a cluster that is being deleted', () => {
  const clusters = [aCluster({ name: 'a', metadata: { deletionTimestamp: NOW.toISOString() } })];
  expect(explain('a', {}, { clusters })).toEqual({ kind: 'being-deleted' });
});

test('a cluster outside the eligible sets, with the set that it is in', () => {
  const clusters = [aCluster({ name: 'a', set: 'other' }), aCluster({ name: 'b' })];
  const over = { clusters, sets: [aClusterSet({ name: 'mine' })] };
  expect(explain('a', {}, over)).toEqual({ kind: 'not-in-a-set', eligibleSets: ['mine'], setLabel: 'other' });
  expect(explain('b', {}, over)).toMatchObject({ setLabel: undefined });
});

test('a set that cannot be understood', () => {
  const sets = [aClusterSet({ name: 'broken', selector: { selectorType: 'Other' as 'LabelSelector' } })];
  const message = expect.stringContaining('ClusterSet broken');
  expect(explain('a', {}, { sets })).toEqual({ kind: 'undecidable', message });
});

test('a Placement that is misconfigured', () => {
  expect(explain('a', { prioritizerPolicy: { mode: 'Foo' } })).toEqual({
    kind: 'misconfigured',
    plugin: '',
    message: 'incorrect prioritizer policy mode: Foo',
  });
});

test('a cluster that no predicate matches, with the part that fails and the actual value, for each predicate', () => {
  const predicates = [
    { requiredClusterSelector: { labelSelector: { matchLabels: { tier: 'b' } } } },
    { requiredClusterSelector: { celSelector: { celExpressions: ['true', 'error'] } } },
  ];
  expect(explain('a', { predicates })).toEqual({
    kind: 'no-predicate-matches',
    failures: [
      {
        predicate: 0,
        failure: { kind: 'label', requirement: { key: 'tier', operator: 'In', values: ['b'] }, actual: 'a' },
      },
      {
        predicate: 1,
        failure: { kind: 'expression', text: 'error', answer: { kind: 'failed', problem: 'no such key: x', cost: 1 } },
      },
    ],
  });
  expect(explain('b', { predicates })).toMatchObject({ kind: 'selected' });
});

test('a cluster with a taint that is not tolerated; one that is selected keeps NoSelectIfNew', () => {
  const taint = { key: 'k', effect: 'NoSelectIfNew' } as const;
  const clusters = [aCluster({ name: 'a', taints: [taint] })];
  expect(explain('a', {}, { clusters })).toEqual({ kind: 'not-tolerated', taint, expired: [] });
  const slices = [aPlacementDecision({ clusters: ['a'] })];
  expect(explain('a', {}, { clusters, slices })).toMatchObject({ kind: 'selected', rank: 1 });
});

const scores = (steady: number): unknown => [
  { prioritizer: 'Balance', weight: 1, score: 100, contribution: 100 },
  { prioritizer: 'Steady', weight: 2, score: steady, contribution: 2 * steady },
  { prioritizer: 'ResourceAllocatableCPU', weight: -1, score: undefined, contribution: 0 },
];

test('a cluster that others outrank, with its scores and the gap to the last selected one', () => {
  const slices = [aPlacementDecision({ clusters: ['b'] })];
  const spec: PlacementSpec = {
    numberOfClusters: 2,
    prioritizerPolicy: {
      configurations: [
        { scoreCoordinate: { type: 'BuiltIn', builtIn: 'Steady' }, weight: 2 },
        { scoreCoordinate: { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' }, weight: -1 },
      ],
    },
  };
  const shared = { feasible: 3, avoided: undefined };
  expect(explain('c', spec, { slices })).toEqual({
    ...shared,
    kind: 'outranked',
    rank: 3,
    total: 100,
    scores: scores(0),
    lastSelected: { cluster: 'a', total: 100, ahead: 0 },
  });
  expect(explain('b', spec, { slices })).toEqual({
    ...shared,
    kind: 'selected',
    rank: 1,
    total: 300,
    scores: scores(100),
    lastSelected: { cluster: 'a', total: 100, ahead: -200 },
  });
});

test('a cluster behind all others because of PreferNoSelect, and one of a Placement that wants none', () => {
  const avoided = { key: 'old', effect: 'PreferNoSelect' } as const;
  const clusters = [aCluster({ name: 'a', taints: [avoided] }), aCluster({ name: 'b' })];
  expect(explain('a', { numberOfClusters: 1 }, { clusters })).toMatchObject({ kind: 'outranked', rank: 2, avoided });
  expect(explain('b', { numberOfClusters: 0 })).toMatchObject({ kind: 'outranked', lastSelected: undefined });
});
