import type { PlacementSpec } from '@ocm/api';
import { aCluster, anAddOnPlacementScore, aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { chosenElsewhere, NOW, scheduled, type WorldOver } from '../../test/placement-world.ts';

function exact(...coordinates: readonly object[]): PlacementSpec {
  const configurations = coordinates.map((scoreCoordinate) => ({
    scoreCoordinate: scoreCoordinate as never,
    weight: 1,
  }));
  return { prioritizerPolicy: { mode: 'Exact', configurations } };
}

const builtIn = (word: string): object => ({ type: 'BuiltIn', builtIn: word });
const addOn = { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'free' } };

/** Scores of the only prioritizer. */
function scores(spec: PlacementSpec, over: WorldOver): Record<string, number> {
  const { scored } = scheduled(aPlacement({ spec }), over);
  return Object.fromEntries(scored[0]?.scores.byCluster ?? []);
}

const cluster = (name: string, allocatable?: string, capacity = allocatable) =>
  aCluster({
    name,
    ...(allocatable === undefined ? {} : { allocatable: { cpu: allocatable } }),
    ...(capacity === undefined ? {} : { capacity: { cpu: capacity } }),
  });
const score = (namespace: string, value: number, validUntil?: string) =>
  anAddOnPlacementScore({
    name: 'usage',
    namespace,
    scores: { other: 7, free: value },
    ...(validUntil === undefined ? {} : { validUntil }),
  });

describe('Balance', () => {
  test.each([
    { max: 1, want: [100, -100] },
    { max: 2, want: [100, 0, -100] },
    { max: 3, want: [100, 32, -32, -100] },
    { max: 5, want: [100, 60, 18, -18, -60, -100] },
    { max: 10, want: [100, 80, 60, 40, 18, 0, -18, -38, -60, -80, -100] },
  ])('with a largest count of $max gives $want', ({ max, want }) => {
    const counts = Object.fromEntries(Array.from({ length: max + 1 }, (_, count) => [`c${count}`, count]));
    const clusters = Object.keys(counts).map((name) => aCluster({ name }));
    const got = scores(exact(builtIn('Balance')), { clusters, slices: chosenElsewhere(counts) });
    expect(Object.values(got)).toEqual(want);
  });

  test('counts the same name in another namespace, but no slice of the Placement itself', () => {
    const clusters = [aCluster({ name: 'a' }), aCluster({ name: 'b' })];
    const slices = [
      aPlacementDecision({ clusters: ['a'] }),
      aPlacementDecision({ namespace: 'other', clusters: ['b'] }),
      { metadata: { name: 'placement1-decision-2', namespace: 'default' } },
    ];
    expect(scores(exact(builtIn('Balance')), { clusters, slices })).toEqual({ a: 100, b: -100 });
  });
});

test('Steady gives 100 to what is selected and 0 to the rest', () => {
  const clusters = [aCluster({ name: 'a' }), aCluster({ name: 'b' })];
  const slices = [aPlacementDecision({ clusters: ['b', 'gone'] })];
  expect(scores(exact(builtIn('Steady')), { clusters, slices })).toEqual({ a: 0, b: 100 });
});

describe('ResourceAllocatable', () => {
  const cpu = exact(builtIn('ResourceAllocatableCPU'));

  test.each([
    { what: 'spreads from -100 to 100', cpus: ['1', '1500m', '2'], want: { c0: -100, c1: 0, c2: 100 } },
    { what: 'drops fractions', cpus: ['7', '10', '9'], want: { c0: -100, c1: 100, c2: 33 } },
    { what: 'gives 100 to equals', cpus: ['2', '2000m'], want: { c0: 100, c1: 100 } },
    { what: 'gives 100 to equals also when they are zero', cpus: ['0', '0'], want: { c0: 100, c1: 100 } },
    { what: 'never gives -0', cpus: ['0', '201', '402'], want: { c0: -100, c1: 0, c2: 100 } },
  ])('$what', ({ cpus, want }) => {
    expect(scores(cpu, { clusters: cpus.map((value, index) => cluster(`c${index}`, value)) })).toEqual(want);
  });

  test('a cluster without capacity, without allocatable or with nonsense takes no part and moves no bound', () => {
    const clusters = [
      cluster('a', '2'),
      cluster('b', '4'),
      aCluster({ name: 'no-capacity', allocatable: { cpu: '100' } }),
      aCluster({ name: 'no-allocatable', capacity: { cpu: '100' } }),
      cluster('nonsense', 'lots'),
      cluster('nothing'),
    ];
    expect(scores(cpu, { clusters })).toEqual({ a: -100, b: 100 });
    expect(scores(cpu, { clusters: [cluster('nothing')] })).toEqual({});
  });
});

describe('add-on scores', () => {
  const clusters = ['a', 'b', 'c'].map((name) => aCluster({ name }));

  test('are taken as they are; a missing object or item counts 0', () => {
    const given = [score('a', -42), anAddOnPlacementScore({ name: 'usage', namespace: 'b', scores: { other: 9 } })];
    expect(scores(exact(addOn), { clusters, scores: given })).toEqual({ a: -42, b: 0, c: 0 });
  });

  test('count 0 once they have expired, with a warning that lists them', () => {
    const past = new Date(NOW.getTime() - 1000).toISOString();
    const given = [score('c', 90, past), score('a', 80, past), score('b', 70, NOW.toISOString())];
    const { scored, verdict } = scheduled(aPlacement({ spec: exact(addOn) }), { clusters, scores: given });
    expect(Object.fromEntries(scored[0]?.scores.byCluster ?? [])).toEqual({ a: 0, b: 70, c: 0 });
    const message = 'AddOnPlacementScores a/usage c/usage expired';
    expect(verdict).toEqual({ kind: 'warning', plugin: 'AddOn/usage/free', message });
  });

  test('asked for twice count twice', () => {
    const { ranked } = scheduled(aPlacement({ spec: exact(addOn, addOn) }), { clusters, scores: [score('b', 10)] });
    expect(ranked[0]).toMatchObject({ total: 20 });
  });
});
