import { type PlacementSpec, type Taint } from '@ocm/api';
import { aCluster, anAddOnPlacementScore, aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { chosenElsewhere, decide, decidedNames, noteOf, NOW, scheduled, written } from '../test/placement-world.ts';
import type { Schedule } from './schedule/schedule.ts';

/** Unweighted scores of a prioritizer, by cluster. */
function scores(schedule: Schedule, prioritizer: string): Record<string, number> {
  const record = schedule.scored.find(({ prioritizer: { name } }) => name === prioritizer);
  return Object.fromEntries(record?.scores.byCluster ?? []);
}

function ranking(schedule: Schedule): readonly string[] {
  return schedule.ranked.map(({ cluster, total }) => `${cluster.metadata.name} ${total}`);
}

const builtIn = (word: string, weight: number) =>
  ({ scoreCoordinate: { type: 'BuiltIn', builtIn: word }, weight }) as const;
const usage = (namespace: string, latency: number, validUntil?: string) =>
  anAddOnPlacementScore({
    name: 'usage',
    namespace,
    scores: { latency },
    ...(validUntil === undefined ? {} : { validUntil }),
  });
const group = (groupName: string, key: string, value: string) => ({
  groupName,
  groupClusterSelector: { labelSelector: { matchLabels: { [key]: value } } },
});

describe('worked example 7.1: default policy, eviction despite Steady', () => {
  const placement = aPlacement({ name: 'web', spec: { numberOfClusters: 2 } });
  const clusters = ['delta', 'bravo', 'alpha', 'charlie'].map((name) => aCluster({ name }));
  const others = chosenElsewhere({ alpha: 1, bravo: 3, charlie: 2, zulu: 5 });
  const before = aPlacementDecision({ placement: 'web', clusters: ['bravo', 'charlie'] });

  test('first pass', () => {
    const { schedule, slices, status, verdict } = decide(placement, { clusters, slices: [...others, before] });
    expect(scores(schedule, 'Balance')).toEqual({ alpha: 60, bravo: -18, charlie: 18, delta: 100 });
    expect(scores(schedule, 'Steady')).toEqual({ alpha: 0, bravo: 100, charlie: 100, delta: 0 });
    expect(ranking(schedule)).toEqual(['charlie 118', 'delta 100', 'bravo 82', 'alpha 60']);
    expect(noteOf(schedule)).toBe('alpha:60 bravo:82 charlie:118 delta:100 ');
    expect(slices).toEqual([{ name: 'web-decision-1', group: { name: '', index: 0 }, clusters: ['charlie', 'delta'] }]);
    expect(status.numberOfSelectedClusters).toBe(2);
    expect(verdict).toEqual({ kind: 'success' });
  });

  test('next pass', () => {
    const first = decide(placement, { clusters, slices: [...others, before] });
    const next = decide(placement, { clusters, slices: [...others, ...written(placement, first.slices)] });
    expect(ranking(next.schedule)).toEqual(['delta 200', 'charlie 118', 'alpha 60', 'bravo -18']);
    expect(next.slices).toEqual(first.slices);
  });
});

test('worked example 7.2: Additive with overrides, missing resource, expired add-on score, negative weight', () => {
  const spec: PlacementSpec = {
    numberOfClusters: 3,
    prioritizerPolicy: {
      mode: 'Additive',
      configurations: [
        builtIn('Steady', 2),
        builtIn('ResourceAllocatableCPU', 1),
        builtIn('ResourceAllocatableMemory', 2),
        { scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'latency' } }, weight: -3 },
      ],
    },
  };
  const full = { cpu: '10', memory: '100' };
  const clusters = [
    aCluster({ name: 'west-2', allocatable: { cpu: '8', memory: '70' }, capacity: { memory: '100' } }),
    aCluster({ name: 'east-1', allocatable: { cpu: '7', memory: '50' }, capacity: full }),
    aCluster({ name: 'west-1', allocatable: { cpu: '9', memory: '80' }, capacity: full }),
    aCluster({ name: 'east-2', allocatable: { cpu: '10', memory: '90' }, capacity: full }),
  ];
  const { schedule, slices, status, verdict } = decide(aPlacement({ spec }), {
    clusters,
    slices: [...chosenElsewhere({ 'east-2': 2, 'west-2': 1 }), aPlacementDecision({ clusters: ['east-2'] })],
    scores: [
      usage('east-1', 20),
      usage('east-2', 80, NOW.toISOString()),
      usage('west-1', 10),
      usage('west-2', 95, '2026-01-31T11:59:59Z'),
    ],
  });
  expect(scores(schedule, 'Balance')).toEqual({ 'east-1': 100, 'east-2': -100, 'west-1': 100, 'west-2': 0 });
  expect(scores(schedule, 'Steady')).toEqual({ 'east-1': 0, 'east-2': 100, 'west-1': 0, 'west-2': 0 });
  expect(scores(schedule, 'ResourceAllocatableCPU')).toEqual({ 'east-1': -100, 'east-2': 100, 'west-1': 33 });
  expect(scores(schedule, 'ResourceAllocatableMemory')).toEqual({
    'east-1': -100,
    'east-2': 100,
    'west-1': 50,
    'west-2': 0,
  });
  expect(scores(schedule, 'AddOn/usage/latency')).toEqual({ 'east-1': 20, 'east-2': 80, 'west-1': 10, 'west-2': 0 });
  expect(ranking(schedule)).toEqual(['west-1 203', 'east-2 160', 'west-2 0', 'east-1 -260']);
  expect(decidedNames(slices)).toEqual(['east-2', 'west-1', 'west-2']);
  const message = 'AddOnPlacementScores west-2/usage expired';
  expect(verdict).toEqual({ kind: 'warning', plugin: 'AddOn/usage/latency', message });
  expect(status.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    'PlacementMisconfigured False Succeedconfigured',
    'PlacementSatisfied True AllDecisionsScheduled',
  ]);
  expect(noteOf(schedule)).toBe('east-1:-260 east-2:160 west-1:203 west-2:0 ');
});

test('worked example 7.3: Exact mode, ties, percentage groups', () => {
  const values: Record<string, number | undefined> = {
    c01: 30,
    c02: 30,
    c03: -20,
    c04: 100,
    c06: 30,
    c07: 55,
    c08: 0,
    c09: -100,
  };
  const labels: Record<string, Record<string, string>> = {
    c02: { env: 'canary', tier: 'gpu' },
    c04: { tier: 'gpu' },
    c05: { env: 'canary' },
    c07: { env: 'canary' },
  };
  const names = Array.from({ length: 10 }, (_, index) => `c${String(index + 1).padStart(2, '0')}`);
  const clusters = names.map((name) => aCluster({ name, labels: labels[name] }));
  const gpuScores = names
    .filter((name) => name !== 'c05')
    .map((name) => {
      const free = values[name];
      const scores: Record<string, number> = free === undefined ? { other: 9 } : { free };
      return anAddOnPlacementScore({ name: 'gpu', namespace: name, scores });
    });
  const spec: PlacementSpec = {
    numberOfClusters: 7,
    prioritizerPolicy: {
      mode: 'Exact',
      configurations: [
        { scoreCoordinate: { type: 'AddOn', addOn: { resourceName: 'gpu', scoreName: 'free' } }, weight: 1 },
      ],
    },
    decisionStrategy: {
      groupStrategy: {
        clustersPerDecisionGroup: '28%',
        decisionGroups: [group('canary', 'env', 'canary'), group('gpu', 'tier', 'gpu')],
      },
    },
  };
  const { schedule, slices, status } = decide(aPlacement({ name: 'p', spec }), { clusters, scores: gpuScores });
  expect(ranking(schedule)).toEqual([
    'c04 100',
    'c07 55',
    'c01 30',
    'c02 30',
    'c06 30',
    'c05 0',
    'c08 0',
    'c10 0',
    'c03 -20',
    'c09 -100',
  ]);
  expect(slices).toEqual([
    { name: 'p-decision-1', group: { index: 0, name: 'canary' }, clusters: ['c02', 'c05'] },
    { name: 'p-decision-2', group: { index: 1, name: 'canary' }, clusters: ['c07'] },
    { name: 'p-decision-3', group: { index: 2, name: 'gpu' }, clusters: ['c04'] },
    { name: 'p-decision-4', group: { index: 3, name: '' }, clusters: ['c01', 'c06'] },
    { name: 'p-decision-5', group: { index: 4, name: '' }, clusters: ['c08'] },
  ]);
  expect(status.numberOfSelectedClusters).toBe(7);
  expect(status.decisionGroups?.map(({ clusterCount }) => clusterCount)).toEqual([2, 1, 1, 2, 1]);
  expect(status.decisionGroups?.[2]).toEqual({
    decisionGroupIndex: 2,
    decisionGroupName: 'gpu',
    decisions: ['p-decision-3'],
    clusterCount: 1,
  });
});

describe('worked example 7.4: toleration timeline', () => {
  const taint: Taint = { key: 'k1', effect: 'NoSelect', timeAdded: NOW.toISOString() };
  const clusters = [aCluster({ name: 'c1', taints: [taint] })];
  const short = { key: 'k1', operator: 'Exists', tolerationSeconds: 10 };
  const forEver = { key: 'k1', operator: 'Exists' };
  const at = (seconds: number, tolerations: readonly object[]): unknown => {
    const placement = aPlacement({ spec: { tolerations } });
    const now = new Date(NOW.getTime() + seconds * 1000);
    const { selected, requeueAfterMs } = scheduled(placement, {
      clusters,
      now,
      slices: [aPlacementDecision({ clusters: ['c1'] })],
    });
    return { selected: selected.length, requeueAfterMs };
  };

  test.each([
    { seconds: 4, tolerations: [short, forEver], want: { selected: 1, requeueAfterMs: 6000 } },
    { seconds: 10, tolerations: [short, forEver], want: { selected: 1, requeueAfterMs: undefined } },
    { seconds: 9.999, tolerations: [short], want: { selected: 1, requeueAfterMs: 1 } },
    { seconds: 10, tolerations: [short], want: { selected: 0, requeueAfterMs: undefined } },
  ])('at T+$seconds with $tolerations.length tolerations', ({ seconds, tolerations, want }) => {
    expect(at(seconds, tolerations)).toEqual(want);
  });
});
