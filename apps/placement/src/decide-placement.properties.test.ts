import { labels, type ManagedCluster, type Placement, type PlacementDecision, type PlacementSpec } from '@ocm/api';
import { aCluster, aClusterSet, anAddOnPlacementScore, aPlacement, aPlacementDecision } from '@ocm/testing';
import * as fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { decide, decidedNames, GLOBAL, NOW, type WorldOver, written } from '../test/placement-world.ts';
import { planSliceWrites } from './decisions/plan-slice-writes.ts';

/** Cases per property. Each run has another seed, which a failure prints together with the smallest case. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 200;

const name = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c10');
const word = fc.constantFrom('', 'a', 'b', 'env', 'not ok', '-', 'x/y/z', 'v'.repeat(64));
const effect = fc.constantFrom('NoSelect', 'PreferNoSelect', 'NoSelectIfNew');
const seconds = fc.constantFrom(-1, 0, 5, 3600, 2 ** 53, Number.MAX_VALUE);
const timeAdded = fc.constantFrom(null, '2026-01-31T11:59:58Z', '2026-01-31T12:30:00Z', 'soon');
const amount = fc.constantFrom('0', '1', '1500m', '7Gi', 'lots', '-3', '1e400');

const clusters: fc.Arbitrary<ManagedCluster[]> = fc.uniqueArray(name).chain((names) =>
  fc.tuple(
    ...names.map((each) =>
      fc
        .record(
          {
            set: fc.constantFrom('a', 'b', 'c'),
            labels: fc.dictionary(fc.constantFrom('a', 'b', 'env'), fc.constantFrom('', 'a', 'b')),
            claims: fc.dictionary(word, word),
            taints: fc.array(
              fc.record({ key: fc.constantFrom('a', 'b'), effect, timeAdded }, { requiredKeys: ['key', 'effect'] }),
              { maxLength: 3 },
            ),
            allocatable: fc.record({ cpu: amount, memory: amount }, { requiredKeys: [] }),
            capacity: fc.record({ cpu: amount, memory: amount }, { requiredKeys: [] }),
            metadata: fc.constantFrom({}, {}, {}, { deletionTimestamp: '2026-01-31T11:00:00Z' }),
          },
          { requiredKeys: [] },
        )
        .map((over) => aCluster({ ...(over as object), name: each })),
    ),
  ),
);

const requirement = fc.record(
  {
    key: word,
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', ''),
    values: fc.array(word, { maxLength: 2 }),
  },
  { requiredKeys: ['key', 'operator'] },
);
const labelSelector = fc.record(
  { matchLabels: fc.dictionary(word, word, { maxKeys: 2 }), matchExpressions: fc.array(requirement, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const claimSelector = fc.record({ matchExpressions: fc.array(requirement, { maxLength: 2 }) }, { requiredKeys: [] });
const celSelector = fc.record(
  { celExpressions: fc.array(fc.constantFrom('true', 'false', 'error', 'text', 'name=c1', '(('), { maxLength: 3 }) },
  { requiredKeys: [] },
);
const coordinate = fc.record(
  {
    type: fc.constantFrom('BuiltIn', 'AddOn', ''),
    builtIn: fc.constantFrom('Balance', 'Steady', 'ResourceAllocatableCPU', 'ResourceAllocatableMemory', 'Spread', ''),
    addOn: fc.record({ resourceName: fc.constantFrom('usage', 'none'), scoreName: fc.constantFrom('free', 'x') }),
  },
  { requiredKeys: ['type'] },
);

/** Anything that a schema, or the debug server, lets through, and some more. */
const wildSpec = fc.record(
  {
    clusterSets: fc.array(fc.constantFrom('a', 'b', 'global', 'zzz'), { maxLength: 3 }),
    numberOfClusters: fc.integer({ min: -2, max: 9 }),
    predicates: fc.array(
      fc.record(
        {
          requiredClusterSelector: fc.record({ labelSelector, claimSelector, celSelector }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
    prioritizerPolicy: fc.record(
      {
        mode: fc.constantFrom('Exact', 'Additive', '', 'Foo'),
        configurations: fc.array(
          fc.record({ scoreCoordinate: coordinate, weight: fc.integer({ min: -10, max: 10 }) }, { requiredKeys: [] }),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: [] },
    ),
    tolerations: fc.array(
      fc.record(
        {
          key: fc.constantFrom('', 'a', 'b'),
          operator: fc.constantFrom('', 'Equal', 'Exists', 'Like'),
          value: fc.constantFrom('', 'v'),
          effect: fc.oneof(effect, fc.constant('')),
          tolerationSeconds: seconds,
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
    decisionStrategy: fc.record(
      {
        groupStrategy: fc.record(
          {
            clustersPerDecisionGroup: fc.oneof(
              fc.integer({ min: -1, max: 4 }),
              fc.constantFrom('20', '1%', '50%', '100%', 'x%'),
            ),
            decisionGroups: fc.array(
              fc.record({
                groupName: fc.constantFrom('canary', 'gpu'),
                groupClusterSelector: fc.record({ labelSelector, claimSelector }, { requiredKeys: [] }),
              }),
              { maxLength: 2 },
            ),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** A spec in which every part makes sense. */
const soundSpec = fc.record(
  {
    numberOfClusters: fc.nat(8),
    predicates: fc.array(
      fc.record({
        requiredClusterSelector: fc.record({
          labelSelector: fc.record({
            matchLabels: fc.dictionary(fc.constantFrom('a', 'env'), fc.constantFrom('', 'a')),
          }),
        }),
      }),
      { maxLength: 2 },
    ),
    prioritizerPolicy: fc.record({
      mode: fc.constantFrom('Exact', 'Additive'),
      configurations: fc.array(
        fc.record({
          scoreCoordinate: fc.constantFrom(
            { type: 'BuiltIn', builtIn: 'Balance' },
            { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' },
            { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'free' } },
          ),
          weight: fc.integer({ min: -10, max: 10 }),
        }),
        { maxLength: 3 },
      ),
    }),
    tolerations: fc.constantFrom(
      [],
      [{ operator: 'Exists' }],
      [{ key: 'a', operator: 'Exists', tolerationSeconds: 5 }],
    ),
    decisionStrategy: fc.record({
      groupStrategy: fc.record({ clustersPerDecisionGroup: fc.constantFrom(0, 1, 2, '50%') }),
    }),
  },
  { requiredKeys: [] },
);

const slices: fc.Arbitrary<PlacementDecision[]> = fc.array(
  fc
    .record({ placement: fc.constantFrom('placement1', 'q', 'r'), clusters: fc.uniqueArray(name, { maxLength: 4 }) })
    .map((over) => aPlacementDecision(over)),
  { maxLength: 4 },
);
const scores = fc.array(
  fc
    .record({
      namespace: name,
      scores: fc.constantFrom({ free: 10 }, { free: -100 }, { x: 4 }),
      validUntil: fc.constantFrom('2026-01-31T11:00:00Z', '2027-01-01T00:00:00Z'),
    })
    .map((over) => anAddOnPlacementScore({ ...over, name: 'usage' })),
  { maxLength: 5 },
);
const SETS = [...['a', 'b', 'c'].map((set) => aClusterSet({ name: set })), GLOBAL];
const hub: fc.Arbitrary<WorldOver> = fc.record({
  clusters,
  slices,
  scores,
  sets: fc.constant(SETS),
  bound: fc.subarray(['a', 'b', 'global']),
});

/** Clusters that the sets allow, worked out in another way than the product does. */
function allowed({ spec }: Placement, { clusters = [], bound = [] }: WorldOver): ReadonlySet<string> {
  const sets = new Set(bound.filter((set) => !spec.clusterSets?.length || spec.clusterSets.includes(set)));
  const isIn = ({ metadata }: ManagedCluster): boolean =>
    sets.has('global') || sets.has(metadata.labels?.[labels.clusterSet] ?? '');
  return new Set(
    clusters.filter((each) => isIn(each) && !each.metadata.deletionTimestamp).map(({ metadata }) => metadata.name),
  );
}

function decisions(spec: unknown, over: WorldOver): { placement: Placement; names: readonly string[] } {
  const placement = aPlacement({ spec: spec as PlacementSpec });
  return { placement, names: decidedNames(decide(placement, over).slices) };
}

describe('for any spec and any hub', () => {
  test('there is an outcome, with no more clusters than wanted, none twice, and all from the bound sets', () => {
    fc.assert(
      fc.property(wildSpec, hub, (spec, over) => {
        const { placement, names } = decisions(spec, over);
        expect(names.length).toBeLessThanOrEqual(Math.max(0, spec.numberOfClusters ?? Infinity));
        expect(new Set(names).size).toBe(names.length);
        expect([...new Set(names).difference(allowed(placement, over))]).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  test('the outcome does not depend on the order in which the hub is listed', () => {
    fc.assert(
      fc.property(wildSpec, hub, (spec, over) => {
        const backwards = {
          ...over,
          clusters: over.clusters?.toReversed() ?? [],
          slices: over.slices?.toReversed() ?? [],
          sets: SETS.toReversed(),
          bound: over.bound?.toReversed() ?? [],
        };
        const placement = aPlacement({ spec: spec as PlacementSpec });
        const [one, other] = [decide(placement, over), decide(placement, backwards)];
        expect(other.slices).toEqual(one.slices);
        expect(other.status).toEqual(one.status);
        expect(other.schedule.ranked).toEqual(one.schedule.ranked);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('for any sound spec', () => {
  test('after its own writes a Placement comes to rest: the same decisions, nothing to write', () => {
    fc.assert(
      fc.property(soundSpec, hub, (spec, over) => {
        let placement: Placement = aPlacement({ spec });
        const others =
          over.slices?.filter(({ metadata }) => metadata.labels?.[labels.placement] !== 'placement1') ?? [];
        let own = over.slices?.filter((slice) => !others.includes(slice)) ?? [];
        // A pass may move Steady's points, and what it selects then is what it selects again.
        const pass = () => {
          const decided = decide(placement, { ...over, slices: [...others, ...own] });
          const writes = planSliceWrites('placement1', decided.slices, {
            find: (slice) => own.find(({ metadata }) => metadata.name === slice),
            labelled: own,
          });
          own = [...written(placement, decided.slices)];
          const status = decided.status;
          const isSame = JSON.stringify(status) === JSON.stringify(placement.status);
          placement = { ...placement, status };
          return { names: decidedNames(decided.slices), writes, isSame };
        };
        const first = pass();
        const second = pass();
        expect(second).toEqual({ names: first.names, writes: [], isSame: true });
      }),
      { numRuns: RUNS },
    );
  });
});

test('a clock that jumps back only prolongs tolerations', () => {
  const taint = { key: 'a', effect: 'NoSelect', timeAdded: NOW.toISOString() } as const;
  const spec = { tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 10 }] };
  const over = { clusters: [aCluster({ name: 'c1', taints: [taint] })], now: new Date(NOW.getTime() - 3_600_000) };
  expect(decisions(spec, over).names).toEqual(['c1']);
});
