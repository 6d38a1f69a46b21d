import { labels, type ManifestWork, type RolloutStrategy } from '@ocm/api';
import { aConfigMap, aManifestWork, aManifestWorkReplicaSet, aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { type PlacementPlan, planPlacement } from './plan-placement.ts';

const NOW = Date.parse('2026-01-31T12:00:00Z');
const LONG_AGO = '2026-01-31T09:00:00Z';
const set = aManifestWorkReplicaSet();
const outdated = { manifests: [aConfigMap({ name: 'old' })] };

type WorkOver = NonNullable<Parameters<typeof aManifestWork>[0]>;

function workOn(cluster: string, { name = `app-${cluster}`, ...over }: WorkOver = {}): ManifestWork {
  return aManifestWork({ ...over, name, namespace: cluster, metadata: { generation: 1, ...over.metadata } });
}

function born(name: string, creationTimestamp: string, over: WorkOver = {}): ManifestWork {
  return workOn('a', { ...over, name, metadata: { creationTimestamp, ...over.metadata } });
}

/** As `workOn`, with conditions for the present generation. */
function reported(
  cluster: string,
  types: Readonly<Record<string, 'True' | 'False'>>,
  over: WorkOver = {},
): ManifestWork {
  const conditions = Object.entries(types).map(([type, status]) => ({
    type,
    status,
    observedGeneration: 1,
    lastTransitionTime: LONG_AGO,
  }));
  return workOn(cluster, { ...over, conditions });
}

const succeeded = { Applied: 'True', Progressing: 'False' } as const;
const failed = { Applied: 'True', Progressing: 'True', Degraded: 'True' } as const;

function plan(
  clusters: readonly string[],
  works: readonly ManifestWork[],
  rolloutStrategy: RolloutStrategy = { type: 'All' },
): PlacementPlan {
  const slices = [aPlacementDecision({ clusters })];
  const ref = { name: 'placement1', rolloutStrategy };
  return planPlacement({ set, ref, placement: aPlacement(), slices, works, nowMs: NOW });
}

function writesOf({ writes }: PlacementPlan): readonly string[] {
  return writes.map(({ kind, cluster }) => `${kind} ${cluster}`);
}

function namesOf(works: Iterable<ManifestWork>): readonly string[] {
  return [...works].map(({ metadata }) => metadata.name);
}

describe('plan for a Placement', () => {
  test('creates what is missing, updates what is outdated, leaves what has been applied', () => {
    const planned = plan(['a', 'b', 'c', 'd'], [workOn('b', outdated), reported('c', succeeded), workOn('d')]);
    expect(writesOf(planned)).toEqual(['update d', 'create a', 'update b']);
    expect(namesOf(planned.current.values())).toEqual(['app-c', 'app-d']);
    expect(planned.rollout).toEqual({ succeeded: 1, failing: [], isBreached: false });
  });

  test('takes back works on clusters that are not chosen, also outdated ones, and counts them nowhere', () => {
    const planned = plan(['a'], [reported('gone', succeeded), workOn('away', outdated), reported('a', succeeded)]);
    expect(namesOf(planned.unselected).toSorted()).toEqual(['app-away', 'app-gone']);
    expect([...planned.current.keys()]).toEqual(['a']);
    expect(planned.rollout.succeeded).toBe(1);
  });

  test('a work that is being deleted counts, is not written, and is not created again before it is gone', () => {
    const metadata = { deletionTimestamp: LONG_AGO };
    const planned = plan(['a', 'b'], [workOn('a', { metadata }), workOn('b', { ...outdated, metadata })]);
    expect(writesOf(planned)).toEqual([]);
    expect([...planned.current.keys()]).toEqual(['a']);
  });

  test('of several works for a cluster the oldest that stays is kept', () => {
    const oldest = born('x', '2026-01-01T00:00:00Z', { metadata: { deletionTimestamp: LONG_AGO } });
    const planned = plan(['a'], [born('z', '2026-01-03T00:00:00Z'), born('y', '2026-01-02T00:00:00Z'), oldest]);
    expect(namesOf(planned.current.values())).toEqual(['y']);
    expect(namesOf(planned.surplus)).toEqual(['z']);
  });

  test('null creation timestamps and empty lists make no other spec', () => {
    const manifest = { ...aConfigMap(), metadata: { ...aConfigMap().metadata, creationTimestamp: null } };
    const same = workOn('a', {
      manifests: [manifest as unknown as ReturnType<typeof aConfigMap>],
      manifestConfigs: [],
    });
    expect([...plan(['a'], [same]).current.keys()]).toEqual(['a']);
  });

  test('reports who has failed, and that this is too much', () => {
    const strategy = { type: 'Progressive' as const, progressive: { maxConcurrency: 2, progressDeadline: '1h' } };
    const planned = plan(['a', 'b', 'c'], [reported('b', failed), reported('a', succeeded)], strategy);
    expect(planned.rollout).toEqual({ succeeded: 1, failing: ['b'], isBreached: true });
    expect(writesOf(planned)).toEqual([]);
  });

  test('says when time alone changes it', () => {
    const strategy = { type: 'Progressive' as const, progressive: { progressDeadline: '4h' } };
    expect(plan(['a'], [reported('a', failed)], strategy).rollout.recheckInMs).toBe(3_600_000);
  });

  test.each<[string, RolloutStrategy, Readonly<Record<string, string>>, string]>([
    ['a strategy', { type: 'All', all: { progressDeadline: 'x' } }, {}, 'invalid timeout format'],
    ['a slice', { type: 'All' }, { [labels.decisionGroupIndex]: '' }, 'incorrect group index'],
  ])('%s that cannot be understood: nothing is written or deleted, works are still counted', (_what, ...rest) => {
    const [rolloutStrategy, sliceLabels, problem] = rest;
    const ref = { name: 'placement1', rolloutStrategy };
    const slices = [aPlacementDecision({ clusters: ['a', 'b'], labels: sliceLabels })];
    const works = [workOn('a'), workOn('a', { name: 'second' })];
    const planned = planPlacement({ set, ref, placement: aPlacement(), slices, works, nowMs: NOW });
    expect(planned).toMatchObject({ writes: [], unselected: [], surplus: [] });
    expect(planned.problem).toContain(problem);
    expect([...planned.current.keys()]).toEqual(['a']);
  });
});
