import { type Placement, type PlacementSpec } from '@ocm/api';
import { aCluster, aClusterSet, aPlacement, aPlacementDecision } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { decide, decidedNames, fewWords, GLOBAL, NOW, type WorldOver, worldOf } from '../test/placement-world.ts';
import { decidePlacement } from './decide-placement.ts';
import { compileSpec } from './schedule/compile-spec.ts';

const THREE = ['c3', 'c1', 'c2'].map((name) => aCluster({ name, set: 'a' }));
const [SET_A, SET_B] = ['a', 'b'].map((name) => aClusterSet({ name }));
const SETS = [SET_A, SET_B].filter((set) => set !== undefined);

/** Conditions as `type status reason: message`, and what the slices say. */
function report(spec: PlacementSpec, over: WorldOver = {}, name = 'p'): unknown {
  const { status, slices, verdict } = decide(aPlacement({ name, spec }), over);
  const [misconfigured, satisfied] = status.conditions ?? [];
  return {
    misconfigured: `${misconfigured?.status} ${misconfigured?.message}`,
    satisfied: `${satisfied?.status} ${satisfied?.reason}: ${satisfied?.message}`,
    selected: status.numberOfSelectedClusters,
    slices: slices.map(({ clusters }) => clusters.join(' ')),
    groups: status.decisionGroups?.length,
    verdict: verdict.kind,
  };
}

const HEALTHY = { misconfigured: 'False Placement configurations check pass', verdict: 'success', groups: 1 };
const NOTHING = { selected: 0, slices: [''], groups: 1 };

describe('which clusters are available', () => {
  test.each([
    {
      what: 'no binding',
      over: { clusters: THREE, sets: [GLOBAL], bound: [] },
      spec: { clusterSets: ['a'] },
      satisfied: 'False NoManagedClusterSetBindings: No valid ManagedClusterSetBindings found in placement namespace',
    },
    {
      what: 'a binding to a set that does not exist',
      over: { clusters: THREE, sets: [], bound: ['a'] },
      spec: {},
      satisfied: 'False NoManagedClusterSetBindings: No valid ManagedClusterSetBindings found in placement namespace',
    },
    {
      what: 'sets that are not bound',
      over: { clusters: THREE, sets: SETS },
      spec: { clusterSets: ['z', 'c'] },
      satisfied: 'False NoIntersection: None of ManagedClusterSets [z,c] is bound to placement namespace',
    },
    {
      what: 'sets without members',
      over: { clusters: [], sets: SETS },
      spec: {},
      satisfied: 'False AllManagedClusterSetsEmpty: All ManagedClusterSets [a,b] have no member ManagedCluster',
    },
  ])('$what: one empty slice, and $satisfied', ({ spec, over, satisfied }) => {
    expect(report(spec, over)).toEqual({ ...HEALTHY, ...NOTHING, satisfied });
  });

  test('a cluster in two bound sets is there once, one being deleted is not, an unbound set adds nothing', () => {
    const leaving = aCluster({ name: 'c9', set: 'a', metadata: { deletionTimestamp: NOW.toISOString() } });
    const inB = aCluster({ name: 'c8', set: 'b' });
    const over = { clusters: [...THREE, leaving, inB], sets: [GLOBAL, ...SETS], bound: ['a', 'global'] };
    expect(report({ clusterSets: ['a', 'b'] }, over)).toMatchObject({ slices: ['c1 c2 c3'] });
    expect(report({}, over)).toMatchObject({ slices: ['c1 c2 c3 c8'] });
  });

  test('a broken eligible set fails the pass and names the set; one that is not eligible does not', () => {
    const broken = aClusterSet({ name: 'broken', selector: { selectorType: 'Other' as 'LabelSelector' } });
    const decideWith = (spec: PlacementSpec): unknown => {
      const placement = aPlacement({ spec });
      const world = worldOf(placement, { clusters: THREE, sets: [...SETS, broken] });
      return decidePlacement(placement, compileSpec(spec, fewWords), world);
    };
    expect(decideWith({})).toEqual({
      kind: 'failed',
      message: expect.stringMatching(/^failed to get clusters from ClusterSet broken: /),
    });
    expect(decideWith({ clusterSets: ['a'] })).toMatchObject({ kind: 'decided' });
  });
});

describe('how many are selected', () => {
  test.each([
    {
      numberOfClusters: undefined,
      selected: 3,
      satisfied: 'True AllDecisionsScheduled: All cluster decisions scheduled',
    },
    { numberOfClusters: 2, selected: 2, satisfied: 'True AllDecisionsScheduled: All cluster decisions scheduled' },
    { numberOfClusters: 3, selected: 3, satisfied: 'True AllDecisionsScheduled: All cluster decisions scheduled' },
    { numberOfClusters: 8, selected: 3, satisfied: 'False NotAllDecisionsScheduled: 5 cluster decisions unscheduled' },
    {
      numberOfClusters: 0,
      selected: 0,
      satisfied: 'False NoManagedClusterMatched: No ManagedCluster matches any of the cluster predicate',
    },
    {
      numberOfClusters: -1,
      selected: 0,
      satisfied: 'False NoManagedClusterMatched: No ManagedCluster matches any of the cluster predicate',
    },
  ])('$numberOfClusters of 3: $satisfied', ({ numberOfClusters, selected, satisfied }) => {
    const spec = numberOfClusters === undefined ? {} : { numberOfClusters };
    const slices = [['c1', 'c2', 'c3'].slice(0, selected).join(' ')];
    expect(report(spec, { clusters: THREE })).toEqual({ ...HEALTHY, selected, satisfied, slices });
  });

  test('sortBy, spreadPolicy and scoreRateLimit change nothing', () => {
    const spec: PlacementSpec = {
      sortBy: 'Score',
      scoreRateLimit: '1s',
      spreadPolicy: {
        spreadConstraints: [{ topologyKey: 'zone', topologyKeyType: 'Label', whenUnsatisfiable: 'DoNotSchedule' }],
      },
    };
    const over = { clusters: THREE, slices: [aPlacementDecision({ placement: 'p', clusters: ['c3'] })] };
    expect(decide(aPlacement({ name: 'p', spec }), over)).toEqual(decide(aPlacement({ name: 'p' }), over));
  });
});

const weigh = (scoreCoordinate: object, mode = 'Additive'): PlacementSpec => ({
  prioritizerPolicy: { mode, configurations: [{ scoreCoordinate: scoreCoordinate as never, weight: 1 }] },
});

const grouped = (groupStrategy: object): PlacementSpec => ({ decisionStrategy: { groupStrategy } });

describe('a Placement that is misconfigured', () => {
  const gt = { labelSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] } };
  const emptied = {
    ...NOTHING,
    satisfied: 'False NoManagedClusterMatched: No ManagedCluster matches any of the cluster predicate',
  };
  const stillSatisfied = { selected: 3, satisfied: 'True AllDecisionsScheduled: All cluster decisions scheduled' };

  test.each([
    {
      spec: { predicates: [{ requiredClusterSelector: gt }] },
      message: 'Predicate:"Gt" is not a valid label selector operator',
      outcome: emptied,
    },
    {
      spec: { predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: ['xxxx.y'] } } }] },
      message: "Predicate:compilation failed: ERROR: <input>:1:1: undeclared reference to 'xxxx.y'",
      outcome: emptied,
    },
    {
      spec: { tolerations: [{ key: 'k', operator: 'Exists', value: 'v' }] },
      message: 'TaintToleration:If the operator is Exists, the value should be empty.',
      outcome: emptied,
    },
    { spec: weigh({}, 'Foo'), message: ':incorrect prioritizer policy mode: Foo', outcome: emptied },
    {
      spec: weigh({ type: 'BuiltIn', builtIn: 'Spread' }),
      message: ':incorrect builtin prioritizer: Spread',
      outcome: emptied,
    },
    { spec: weigh({ type: 'AddOn' }), message: ':addOn should not be empty', outcome: emptied },
    {
      spec: grouped({ clustersPerDecisionGroup: '20' }),
      message: ':20 invalid type: string is not a percentage',
      outcome: { ...stillSatisfied, slices: [], groups: 0 },
    },
    {
      spec: grouped({ decisionGroups: [{ groupName: 'bad', groupClusterSelector: gt }] }),
      message: ':"Gt" is not a valid label selector operator',
      outcome: { ...stillSatisfied, slices: [], groups: 0 },
    },
    {
      spec: grouped({
        decisionGroups: [
          { groupName: 'all', groupClusterSelector: {} },
          { groupName: 'bad', groupClusterSelector: gt },
        ],
      }),
      message: ':"Gt" is not a valid label selector operator',
      outcome: { ...stillSatisfied, slices: ['c1 c2 c3'], groups: 1 },
    },
  ])('$message', ({ spec, message, outcome }) => {
    const want = { misconfigured: `True ${message}`, verdict: 'misconfigured', ...outcome };
    expect(report(spec, { clusters: THREE })).toEqual(want);
  });

  test('filters report only when there is a cluster to test, everything else always', () => {
    const predicates = [{ requiredClusterSelector: gt }];
    const tolerations = [{ value: 'v' }];
    expect(report({ predicates, tolerations })).toMatchObject(HEALTHY);
    const nobody = { predicates: [{ requiredClusterSelector: { labelSelector: { matchLabels: { a: 'b' } } } }] };
    expect(report({ ...nobody, tolerations }, { clusters: THREE })).toMatchObject(HEALTHY);
    expect(report(weigh({ type: 'AddOn' }))).toMatchObject({ misconfigured: 'True :addOn should not be empty' });
    expect(report({ ...nobody, ...weigh({}, 'Foo') }, { clusters: THREE })).toMatchObject({ verdict: 'misconfigured' });
    expect(report(grouped({ clustersPerDecisionGroup: '5' }))).toMatchObject({ groups: 0, slices: [] });
  });

  test('twice over reports its groups', () => {
    const spec = { ...weigh({}, 'Foo'), ...grouped({ clustersPerDecisionGroup: '20' }) };
    expect(report(spec, { clusters: THREE })).toMatchObject({
      misconfigured: 'True :20 invalid type: string is not a percentage',
      selected: 0,
      slices: [],
    });
  });

  test('by its name gets a status and no slice', () => {
    const over = { clusters: THREE };
    expect(report({}, over, 'n'.repeat(63))).toMatchObject({ verdict: 'success', selected: 3 });
    expect(report({}, over, 'n'.repeat(64))).toMatchObject({
      misconfigured: expect.stringMatching(/^True :the name .* no more than 63 characters$/),
      selected: 0,
      slices: [],
    });
  });
});

const again = (placement: Placement, over: WorldOver): Placement => ({
  ...placement,
  status: decide(placement, over).status,
});

describe('the status', () => {
  const later = new Date(NOW.getTime() + 60_000);

  test('of an unchanged world stays the same', () => {
    const placement = again(aPlacement(), { clusters: THREE });
    expect(decide(placement, { clusters: THREE, now: later }).status).toEqual(placement.status);
  });

  test('keeps what others write; times of transition move only with the status', () => {
    const first = again(aPlacement({ spec: { numberOfClusters: 5 } }), { clusters: THREE });
    const foreign = { type: 'Foreign', status: 'True', reason: 'X', message: '', lastTransitionTime: 't' } as const;
    const conditions = [foreign, ...(first.status?.conditions ?? [])];
    const noted = { ...first, status: { ...first.status, conditions, lastScoreUpdateTime: 't' } };
    const { status } = decide(noted, { clusters: THREE.slice(1), now: later });
    expect(status.lastScoreUpdateTime).toBe('t');
    expect(status.conditions?.[0]).toBe(foreign);
    expect(status.conditions?.[2]).toMatchObject({
      message: '3 cluster decisions unscheduled',
      lastTransitionTime: '2026-01-31T12:00:00Z',
    });
    const enough = decide({ ...noted, spec: { numberOfClusters: 2 } }, { clusters: THREE, now: later });
    expect(enough.status.conditions?.[2]).toMatchObject({
      status: 'True',
      lastTransitionTime: '2026-01-31T12:01:00Z',
    });
  });
});

test('names are compared by bytes, so that cluster10 comes before cluster2', () => {
  const clusters = ['cluster2', 'cluster10', 'cluster1'].map((name) => aCluster({ name }));
  const { slices } = decide(aPlacement({ spec: { numberOfClusters: 2 } }), { clusters });
  expect(decidedNames(slices)).toEqual(['cluster1', 'cluster10']);
});

test('the survivors of each filter are on record, in the order of the ranking at the end, up to where it went wrong', () => {
  const clusters = [
    aCluster({ name: 'a', labels: { env: 'prod' }, taints: [{ key: 'k', effect: 'NoSelect' }] }),
    aCluster({ name: 'b', labels: { env: 'prod' } }),
    aCluster({ name: 'c', labels: { env: 'prod' } }),
    aCluster({ name: 'd' }),
  ];
  const predicates = [{ requiredClusterSelector: { labelSelector: { matchLabels: { env: 'prod' } } } }];
  const slices = [aPlacementDecision({ placement: 'p', clusters: ['c'] })];
  const records = (spec: PlacementSpec): unknown =>
    decide(aPlacement({ name: 'p', spec: { predicates, ...spec } }), { clusters, slices }).schedule.filtered;
  const [matching, tolerated] = [
    { name: 'Predicate', clusters: ['a', 'b', 'c'] },
    { name: 'Predicate,TaintToleration', clusters: ['c', 'b'] },
  ];
  expect(records({})).toEqual([matching, tolerated]);
  expect(records({ tolerations: [{ value: 'x' }] })).toEqual([matching]);
  expect(records({ prioritizerPolicy: { mode: 'Foo' } })).toEqual([matching, { ...tolerated, clusters: ['b', 'c'] }]);
});

test('a cluster that has never joined is not selected, unless its taint is tolerated', () => {
  const clusters = [
    aCluster({ name: 'new', taints: [{ key: 'cluster.open-cluster-management.io/unreachable', effect: 'NoSelect' }] }),
    aCluster({ name: 'old' }),
  ];
  expect(decidedNames(decide(aPlacement(), { clusters }).slices)).toEqual(['old']);
  const tolerant = aPlacement({ spec: { tolerations: [{ operator: 'Exists' }] } });
  expect(decidedNames(decide(tolerant, { clusters }).slices)).toEqual(['new', 'old']);
});

test('conditions carry no observedGeneration, and no slice a score', () => {
  const placement = aPlacement({ metadata: { generation: 3 } });
  const { status } = decide(placement, { clusters: [aCluster({ name: 'c1' })] });
  expect(status.conditions?.map(({ type }) => type)).toEqual(['PlacementMisconfigured', 'PlacementSatisfied']);
  expect(JSON.stringify(status)).not.toMatch(/observedGeneration|score/i);
});
