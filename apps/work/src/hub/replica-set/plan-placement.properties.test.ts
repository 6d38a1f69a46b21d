import type { ManifestWork, RolloutStrategy } from '@ocm/api';
import { aConfigMap, aManifestWork, aManifestWorkReplicaSet, aPlacement, aPlacementDecision } from '@ocm/testing';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { changeTowards } from '../works/resource-hub-works.ts';
import { desiredWork } from './desired-work.ts';
import { type PlacementPlan, planPlacement } from './plan-placement.ts';

const RUNS = { numRuns: 500 };
const NOW = Date.parse('2026-01-31T12:00:00Z');
const set = aManifestWorkReplicaSet({ labels: { team: 'blue' } });
const desired = desiredWork(set, 'placement1');

const cluster = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const chosen: fc.Arbitrary<readonly string[]> = fc.uniqueArray(cluster);
const strategy: fc.Arbitrary<RolloutStrategy> = fc.constantFrom(
  { type: 'All' },
  { type: 'Progressive', progressive: { maxConcurrency: 2 } },
  { type: 'Progressive', progressive: { maxConcurrency: '40%', maxFailures: 1, progressDeadline: '1h' } },
  { type: 'ProgressivePerGroup', progressivePerGroup: {} },
);
const reports = fc.constantFrom<readonly string[]>(
  [],
  ['Applied'],
  ['Applied', 'Progressing'],
  ['Applied', 'Progressing', 'Degraded'],
);
const works = fc.array(
  fc.record({
    cluster,
    reported: reports,
    isOutdated: fc.boolean(),
    isDeleting: fc.boolean(),
    born: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
  }),
  { maxLength: 8 },
);

type WorkLike = typeof works extends fc.Arbitrary<(infer One)[]> ? One : never;

function workOf({ cluster: namespace, reported, isOutdated, isDeleting, born }: WorkLike, index: number): ManifestWork {
  return aManifestWork({
    name: `work${index}`,
    namespace,
    labels: desired.labels,
    ...(isOutdated ? { manifests: [aConfigMap({ name: 'old' })] } : {}),
    conditions: reported.map((type) => ({ type, status: 'True' as const, observedGeneration: 1 })),
    metadata: {
      generation: 1,
      creationTimestamp: born,
      uid: `uid${index}`,
      resourceVersion: '1',
      ...(isDeleting ? { deletionTimestamp: '2026-01-31T11:59:00Z' } : {}),
    },
  });
}

function planOf(
  present: readonly ManifestWork[],
  clusters: readonly string[],
  rolloutStrategy: RolloutStrategy,
): PlacementPlan {
  const slices = clusters.map((name, index) =>
    aPlacementDecision({ slice: index + 1, group: { index: index % 2 }, clusters: [name] }),
  );
  const ref = { name: 'placement1', rolloutStrategy };
  return planPlacement({ set, ref, placement: aPlacement(), slices, works: present, nowMs: NOW });
}

/** As the API server has it after an update: another spec is another generation. */
function withTemplate(work: ManifestWork): ManifestWork {
  const isSame = changeTowards(work, desired) === undefined;
  const generation = (work.metadata.generation ?? 0) + (isSame ? 0 : 1);
  return { ...work, metadata: { ...work.metadata, generation }, spec: desired.spec };
}

/** What there is when everything that was planned has been done. */
function carriedOut(
  present: readonly ManifestWork[],
  { writes, unselected, surplus }: PlacementPlan,
): readonly ManifestWork[] {
  const gone = new Set([...unselected, ...surplus]);
  const updated = new Set(writes.flatMap((write) => (write.kind === 'update' ? [write.work] : [])));
  const metadata = { generation: 1, creationTimestamp: '2026-01-31T12:00:00Z', uid: 'new', resourceVersion: '1' };
  const created = writes.flatMap((write) =>
    write.kind === 'create' ? [aManifestWork({ namespace: write.cluster, labels: desired.labels, metadata })] : [],
  );
  const left = present.filter((work) => !gone.has(work));
  return [...left.map((work) => (updated.has(work) ? withTemplate(work) : work)), ...created];
}

function stays({ metadata }: ManifestWork): boolean {
  return metadata.deletionTimestamp === undefined;
}

function clusterOf({ metadata }: ManifestWork): string {
  return metadata.namespace ?? '';
}

test('a second pass over what the first has brought about changes nothing', () => {
  fc.assert(
    fc.property(works, chosen, strategy, (specs, clusters, rolloutStrategy) => {
      const present = specs.map(workOf);
      const after = carriedOut(present, planOf(present, clusters, rolloutStrategy));
      const second = planOf(after, clusters, rolloutStrategy);
      expect([second.unselected, second.surplus]).toEqual([[], []]);
      const changes = second.writes.filter(
        (write) => write.kind === 'create' || changeTowards(write.work, desired) !== undefined,
      );
      expect(changes).toEqual([]);
    }),
    RUNS,
  );
});

test('no cluster ever has two works that stay, none that is not chosen keeps one, and none that is chosen loses its only one', () => {
  fc.assert(
    fc.property(works, chosen, strategy, (specs, clusters, rolloutStrategy) => {
      const present = specs.map(workOf);
      const before = new Set(present.filter(stays).map(clusterOf));
      const after = carriedOut(present, planOf(present, clusters, rolloutStrategy))
        .filter(stays)
        .map(clusterOf);
      expect(new Set(after).size).toBe(after.length);
      expect(after.filter((name) => !clusters.includes(name))).toEqual([]);
      expect(clusters.filter((name) => before.has(name) && !after.includes(name))).toEqual([]);
    }),
    RUNS,
  );
});
