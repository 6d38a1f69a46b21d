import type { PlacementSpec, Taint } from '@ocm/api';
import { aCluster, aClusterSet, aPlacement, aPlacementDecision } from '@ocm/testing';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { decide, decidedNames, fewWords, NOW, worldOf } from '../../test/placement-world.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { explainCluster, type Explanation } from './explain-cluster.ts';
import { explanationReport } from './explanation-report.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const some = <T>(...values: readonly [T, ...T[]]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Clusters of the first group are decided for, the others are not (Q6). */
const HALF_BROKEN = {
  decisionGroups: [
    { groupName: 'first', groupClusterSelector: { labelSelector: { matchLabels: { tier: 'x' } } } },
    { groupName: 'second', groupClusterSelector: { labelSelector: { matchLabels: { 'not a key': '' } } } },
  ],
};

const taint: fc.Arbitrary<Taint> = fc.record({
  key: some('k', 'l'),
  effect: some('NoSelect', 'PreferNoSelect', 'NoSelectIfNew'),
  timeAdded: some('2026-01-31T11:59:58Z', '2026-01-31T11:00:00Z'),
});
const clusters = fc.tuple(
  ...NAMES.map((name) =>
    fc
      .record({
        set: some('mine', 'other'),
        labels: fc.record({ tier: some('x', 'y') }),
        taints: fc.array(taint, { maxLength: 2 }),
        metadata: some({}, {}, { deletionTimestamp: NOW.toISOString() }),
      })
      .map((over) => aCluster({ ...over, name })),
  ),
);
const spec: fc.Arbitrary<PlacementSpec> = fc.record(
  {
    numberOfClusters: fc.nat(5),
    predicates: fc.array(
      fc.record({
        requiredClusterSelector: some(
          { labelSelector: { matchLabels: { tier: 'x' } } },
          { celSelector: { celExpressions: ['name=b'] } },
          { celSelector: { celExpressions: ['error'] } },
          { celSelector: { celExpressions: ['nonsense'] } },
        ),
      }),
      { maxLength: 2 },
    ),
    tolerations: fc.array(some({ key: 'k', operator: 'Exists' }, { operator: 'Exists', tolerationSeconds: 60 }, {}), {
      maxLength: 1,
    }),
    prioritizerPolicy: some({}, { mode: 'Exact' }, { mode: 'Foo' }),
    decisionStrategy: some({}, { groupStrategy: { clustersPerDecisionGroup: '20' } }, { groupStrategy: HALF_BROKEN }),
  },
  { requiredKeys: [] },
);
const hub = fc.record({
  clusters,
  sets: fc.constant(['mine', 'other'].map((name) => aClusterSet({ name }))),
  bound: some(['mine'], ['mine', 'other'], []),
  slices: fc
    .array(some(...(NAMES as [string, ...string[]])), { maxLength: 3 })
    .map((names) => [aPlacementDecision({ clusters: [...new Set(names)] })]),
});

test('an explanation says selected exactly of the clusters that are decided for, and there is one for every cluster', () => {
  const seen = new Set<Explanation['kind']>();
  fc.assert(
    fc.property(spec, hub, (wanted, over) => {
      const placement = aPlacement({ spec: wanted });
      const decided = new Set(decidedNames(decide(placement, over).slices));
      const compiled = compileSpec(wanted, fewWords);
      for (const cluster of NAMES) {
        const explanation = explainCluster({ placement, compiled, cluster }, worldOf(placement, over));
        seen.add(explanation.kind);
        expect([cluster, explanation.kind === 'selected']).toEqual([cluster, decided.has(cluster)]);
        expect(explanationReport({ placement, cluster }, explanation).message).not.toContain('undefined');
      }
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 200 },
  );
  const kinds = [
    'being-deleted',
    'misconfigured',
    'no-predicate-matches',
    'not-in-a-set',
    'not-tolerated',
    'outranked',
  ];
  expect([...seen].toSorted()).toEqual([...kinds, 'selected']);
});
