import type { ManagedCluster, PlacementSpec } from '@ocm/api';
import { aCluster, aClusterSet, aPlacement, aPlacementDecision, type ClusterOver } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import { type WorldOver, worldOf } from '../../test/placement-world.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { kubernetesCel } from '../schedule/kubernetes-cel.ts';
import { explainCluster } from './explain-cluster.ts';
import { type ExplanationReport, explanationReport } from './explanation-report.ts';

/** As a client reads it. */
function reportOn(cluster: string, spec: PlacementSpec, over: WorldOver): ExplanationReport {
  const placement = aPlacement({ namespace: 'default', name: 'web', spec });
  const world = worldOf(placement, over);
  const compiled = compileSpec(spec, kubernetesCel(world.findScore));
  const report = explanationReport({ placement, cluster }, explainCluster({ placement, compiled, cluster }, world));
  return JSON.parse(JSON.stringify(report)) as ExplanationReport;
}

function messageOn(cluster: ManagedCluster | undefined, spec: PlacementSpec = {}, over: WorldOver = {}): string {
  const clusters = cluster === undefined ? [] : [cluster];
  return reportOn('c1', spec, { clusters, ...over }).message;
}

const c1 = (over: ClusterOver = {}): ManagedCluster => aCluster({ name: 'c1', ...over });
const selector = (requiredClusterSelector: object): PlacementSpec => ({ predicates: [{ requiredClusterSelector }] });
const cel = (...celExpressions: readonly string[]): PlacementSpec => selector({ celSelector: { celExpressions } });
const east = aClusterSet({ name: 'east' });

describe('the message names', () => {
  test('a cluster that does not exist', () => {
    expect(messageOn(undefined)).toBe('there is no ManagedCluster c1');
  });

  test('a cluster that is being deleted', () => {
    const leaving = c1({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    expect(messageOn(leaving)).toBe('ManagedCluster c1 is being deleted');
  });

  test.each([
    { bound: [], spec: {}, says: 'no ManagedClusterSet is bound to namespace default' },
    {
      bound: ['east'],
      spec: { clusterSets: ['a', 'b'] },
      says: 'none of the ManagedClusterSets [a, b] is bound to namespace default',
    },
    {
      bound: ['east'],
      spec: {},
      says: 'c1 is in none of the ManagedClusterSets [east] that the Placement may use; its label says west',
    },
  ])('the set that is missing: $says', ({ bound, spec, says }) => {
    expect(messageOn(c1({ set: 'west' }), spec, { sets: [east], bound })).toBe(says);
  });

  test('that there is no label for a set', () => {
    expect(messageOn(c1(), {}, { sets: [east] })).toMatch(/; it has no label for a set$/);
  });

  test('a set that cannot be understood', () => {
    const broken = aClusterSet({ name: 'odd', selector: { selectorType: 'Odd' as 'LabelSelector' } });
    expect(messageOn(c1(), {}, { sets: [broken] })).toMatch(/^failed to get clusters from ClusterSet odd: /);
  });

  test.each<{ spec: PlacementSpec; says: string }>([
    { spec: { prioritizerPolicy: { mode: 'Foo' } }, says: 'incorrect prioritizer policy mode: Foo' },
    {
      spec: { tolerations: [{ operator: 'Equal' }] },
      says: 'TaintToleration: If the key is empty, operator must be Exists.',
    },
    {
      spec: { decisionStrategy: { groupStrategy: { clustersPerDecisionGroup: '20' } } },
      says: '20 invalid type: string is not a percentage',
    },
  ])('what is misconfigured: $says', ({ spec, says }) => {
    expect(messageOn(c1(), spec)).toBe(`the Placement is misconfigured, so it does not choose c1: ${says}`);
  });

  test.each<{ spec: PlacementSpec; says: string }>([
    {
      spec: selector({ labelSelector: { matchLabels: { env: 'prod' } } }),
      says: 'predicates[0] wants label env In [prod], but it is "dev"',
    },
    {
      spec: selector({ labelSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } }),
      says: 'predicates[0] wants label tier Exists, but the cluster has no such label',
    },
    {
      spec: selector({ claimSelector: { matchExpressions: [{ key: 'region', operator: 'NotIn', values: ['eu'] }] } }),
      says: 'predicates[0] wants claim region NotIn [eu], but it is "eu"',
    },
    {
      spec: cel('managedCluster.metadata.name == "c2"'),
      says: 'predicates[0] wants managedCluster.metadata.name == "c2" to be true, but it is false',
    },
    {
      spec: cel('true', '7'),
      says: 'predicates[0] wants 7 to be true, but it is a value of type int, not bool',
    },
    {
      spec: cel('managedCluster.metadata.labels["tier"] == "x"'),
      says: 'predicates[0] wants managedCluster.metadata.labels["tier"] == "x" to be true, but it fails: no such key: tier',
    },
    {
      spec: {
        predicates: [
          ...(cel('false').predicates ?? []),
          { requiredClusterSelector: { labelSelector: { matchLabels: { env: 'x' } } } },
        ],
      },
      says: 'predicates[0] wants false to be true, but it is false; predicates[1] wants label env In [x], but it is "dev"',
    },
  ])('the part of each predicate that fails: $says', ({ spec, says }) => {
    const cluster = c1({ labels: { env: 'dev' }, claims: { region: 'eu' } });
    expect(messageOn(cluster, spec)).toBe(`no predicate matches c1: ${says}`);
  });
});

describe('a taint that is not tolerated is told', () => {
  const timeAdded = '2026-01-31T11:59:00Z';

  test.each<{ taint: object; tolerations: PlacementSpec['tolerations']; says: string }>([
    {
      taint: { key: 'gpu' },
      tolerations: [],
      says: 'the taint gpu:NoSelect of c1 is not tolerated; a toleration that does it: {"key":"gpu","operator":"Exists","effect":"NoSelect"}',
    },
    {
      taint: { key: 'gpu', value: 'a' },
      tolerations: [{ key: 'gpu', value: 'b' }],
      says: 'the taint gpu=a:NoSelect of c1 is not tolerated; a toleration that does it: {"key":"gpu","operator":"Equal","value":"a","effect":"NoSelect"}',
    },
    {
      taint: { key: 'gpu' },
      tolerations: [
        { key: 'cpu', operator: 'Exists' },
        { key: 'gpu', operator: 'Exists', tolerationSeconds: 20 },
      ],
      says: 'the taint gpu:NoSelect of c1 is not tolerated: tolerations[1] matches, but its tolerationSeconds ran out at 2026-01-31T11:59:20.000Z',
    },
    {
      taint: { key: 'gpu', timeAdded: undefined },
      tolerations: [{ operator: 'Exists', tolerationSeconds: 20 }],
      says: 'the taint gpu:NoSelect of c1 is not tolerated: tolerations[0] matches, but its tolerationSeconds ran out, as the taint has no timeAdded',
    },
  ])('$says', ({ taint, tolerations = [], says }) => {
    const cluster = c1({ taints: [{ effect: 'NoSelect', timeAdded, ...taint } as never] });
    expect(messageOn(cluster, { tolerations })).toBe(says);
  });

  test('with a toleration that does help', () => {
    const clusters = [c1({ taints: [{ key: 'gpu', value: 'a', effect: 'NoSelect' }] })];
    const { explanation } = reportOn('c1', {}, { clusters });
    if (explanation.kind !== 'not-tolerated') throw new Error(explanation.kind);
    const helped = reportOn('c1', { tolerations: [explanation.missing] }, { clusters });
    expect(helped.explanation.kind).toBe('selected');
  });
});

describe('the rank of a feasible cluster is told with its scores and the gap', () => {
  const clusters = ['a', 'b', 'c1'].map((name) => aCluster({ name }));
  const steady: PlacementSpec = {
    numberOfClusters: 1,
    prioritizerPolicy: {
      mode: 'Exact',
      configurations: [{ scoreCoordinate: { type: 'BuiltIn', builtIn: 'Steady' }, weight: 2 }],
    },
  };

  test.each<{ what: string; spec: PlacementSpec; over: WorldOver; says: string }>([
    {
      what: 'a gap',
      spec: steady,
      over: { slices: [aPlacementDecision({ placement: 'web', clusters: ['b'] })] },
      says: 'c1 ranks 3 of 3 with a total of 0 and is not selected; the last that is, b, has 200, 200 more. Steady 2 x 0 = 0',
    },
    {
      what: 'a tie',
      spec: steady,
      over: {},
      says: 'c1 ranks 3 of 3 with a total of 0 and is not selected; the last that is, a, has 0 as well and comes first by name. Steady 2 x 0 = 0',
    },
    {
      what: 'a selection',
      spec: { ...steady, numberOfClusters: 3 },
      over: {},
      says: 'c1 ranks 3 of 3 with a total of 0 and is selected. Steady 2 x 0 = 0',
    },
    {
      what: 'no score',
      spec: {
        prioritizerPolicy: {
          mode: 'Exact',
          configurations: [{ scoreCoordinate: { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' }, weight: 1 }],
        },
      },
      over: {},
      says: 'c1 ranks 3 of 3 with a total of 0 and is selected. ResourceAllocatableCPU 1 x no score = 0',
    },
    {
      what: 'nothing wanted',
      spec: { ...steady, numberOfClusters: 0 },
      over: {},
      says: 'c1 ranks 3 of 3 with a total of 0, and the Placement wants no cluster. Steady 2 x 0 = 0',
    },
    {
      what: 'no prioritizers',
      spec: { prioritizerPolicy: { mode: 'Exact' } },
      over: {},
      says: 'c1 ranks 3 of 3 with a total of 0 and is selected. No prioritizer counts',
    },
    {
      what: 'a PreferNoSelect taint',
      spec: { ...steady, numberOfClusters: 2 },
      over: {
        clusters: [...clusters.slice(0, 2), c1({ taints: [{ key: 'old', effect: 'PreferNoSelect' }] })],
        slices: [aPlacementDecision({ placement: 'web', clusters: ['c1'] })],
      },
      says: 'c1 ranks 3 of 3 with a total of 200 and is not selected; the last that is, b, has 0, and c1 has the PreferNoSelect taint old, which puts it behind those without. Steady 2 x 100 = 200',
    },
  ])('$what', ({ spec, over, says }) => {
    expect(reportOn('c1', spec, { clusters, ...over }).message).toBe(says);
  });
});

test('programs get the facts, and nothing is lost in JSON', () => {
  const spec = selector({ labelSelector: { matchLabels: { env: 'prod' } } });
  expect(reportOn('c1', spec, { clusters: [c1()] })).toEqual({
    placement: { namespace: 'default', name: 'web' },
    cluster: 'c1',
    message: 'no predicate matches c1: predicates[0] wants label env In [prod], but the cluster has no such label',
    explanation: {
      kind: 'no-predicate-matches',
      failures: [{ predicate: 0, kind: 'label', key: 'env', operator: 'In', values: ['prod'], actual: null }],
    },
  });
});
