import { type ClusterDecision, labels as contract, type Placement, type PlacementSpec } from '@ocm/api';
import {
  aCluster,
  aClusterSet,
  aClusterSetBinding,
  anAddOnPlacementScore,
  aPlacement,
  aPlacementDecision,
} from '@ocm/testing';
import * as fc from 'fast-check';

/** Names that sort otherwise by their numbers than by their bytes. */
const CLUSTERS = ['a1', 'a10', 'a2', 'b', 'c', 'd', 'e'];
const NAMESPACES = ['default', 'shop'] as const;
/** Two of them share a name. */
export const PLACEMENTS = [
  { namespace: 'default', name: 'p' },
  { namespace: 'default', name: 'q' },
  { namespace: 'shop', name: 'p' },
] as const;
/** Sets that come and go; `global` stays as it is. */
export const SETS = ['s', 't'] as const;

const name = fc.constantFrom(...CLUSTERS);
const label = fc.constantFrom('x', 'y');
const labels = fc.dictionary(fc.constantFrom('env', 'tier'), label, { maxKeys: 2 });
const effect = fc.constantFrom('NoSelect', 'PreferNoSelect', 'NoSelectIfNew');
const taint = fc.record(
  {
    key: fc.constantFrom('k', 'l'),
    effect,
    timeAdded: fc.constantFrom('2026-01-31T11:59:58Z', '2026-01-31T11:59:00Z'),
  },
  { requiredKeys: ['key', 'effect'] },
);
const amount = fc.constantFrom('0', '1500m', '2', '3Gi');
const amounts = fc.record({ cpu: amount, memory: amount }, { requiredKeys: [] });
const cluster = fc
  .record(
    {
      name,
      labels,
      set: fc.constantFrom(...SETS),
      claims: fc.dictionary(fc.constantFrom('env'), label, { maxKeys: 1 }),
      taints: fc.array(taint, { maxLength: 2 }),
      allocatable: amounts,
      capacity: amounts,
      metadata: fc.constantFrom({}, {}, {}, { deletionTimestamp: '2026-01-31T11:00:00Z' }),
    },
    { requiredKeys: ['name'] },
  )
  .map((over) => aCluster(over as Parameters<typeof aCluster>[0]));
const labelSelector = fc.record({
  matchLabels: fc.dictionary(fc.constantFrom('env', 'tier'), label, { maxKeys: 1 }),
});
const claimSelector = fc.constantFrom(
  { matchExpressions: [{ key: 'env', operator: 'In', values: ['x'] }] },
  { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] },
  { matchExpressions: [{ key: 'env', operator: 'Gt' }] },
);
const clusterSelector = fc.record(
  {
    labelSelector,
    claimSelector,
    celSelector: fc.record({
      celExpressions: fc.array(fc.constantFrom('true', 'true', 'error', 'name=a1', '(('), { maxLength: 2 }),
    }),
  },
  { requiredKeys: [] },
);
const coordinate = fc.constantFrom(
  { type: 'BuiltIn', builtIn: 'Balance' },
  { type: 'BuiltIn', builtIn: 'Steady' },
  { type: 'BuiltIn', builtIn: 'ResourceAllocatableCPU' },
  { type: 'BuiltIn', builtIn: 'ResourceAllocatableMemory' },
  { type: 'BuiltIn', builtIn: 'Spread' },
  { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'free' } },
  { type: 'AddOn', addOn: { resourceName: 'usage', scoreName: 'busy' } },
  { type: 'AddOn', addOn: { resourceName: 'price', scoreName: 'free' } },
);
const decisionGroup = fc.record({
  groupName: fc.constantFrom('canary', 'rest'),
  groupClusterSelector: fc.record({ labelSelector, claimSelector }, { requiredKeys: [] }),
});

/** Specs that the schema lets through, and the ways in which they are misconfigured. */
const spec = fc.record(
  {
    clusterSets: fc.subarray([...SETS, 'global']),
    numberOfClusters: fc.integer({ min: -1, max: 5 }),
    predicates: fc.array(fc.record({ requiredClusterSelector: clusterSelector }), { maxLength: 2 }),
    prioritizerPolicy: fc.record({
      mode: fc.constantFrom('Exact', 'Additive', ''),
      configurations: fc.array(fc.record({ scoreCoordinate: coordinate, weight: fc.integer({ min: -10, max: 10 }) }), {
        maxLength: 3,
      }),
    }),
    tolerations: fc.array(
      fc.record(
        {
          key: fc.constantFrom('k', 'l'),
          operator: fc.constantFrom('Exists', 'Equal'),
          effect,
          tolerationSeconds: fc.constantFrom(5, 60),
        },
        { requiredKeys: ['key', 'operator'] },
      ),
      { maxLength: 2 },
    ),
    decisionStrategy: fc.record({
      groupStrategy: fc.record(
        {
          clustersPerDecisionGroup: fc.constantFrom(0, 2, '50%', '20'),
          decisionGroups: fc.array(decisionGroup, { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<PlacementSpec>;

/** As the controller writes them, or with what it never writes. */
const decision = fc
  .record({ clusterName: name, reason: fc.constantFrom('', '', 'by hand') })
  .chain((plain) => fc.constantFrom<ClusterDecision>(plain, plain, { ...plain, score: 7 }));
/** Written by anybody: its label may say another Placement than its name, or none. */
const slice = fc
  .record({
    of: fc.constantFrom(...PLACEMENTS, { namespace: 'default', name: 'nobody' }),
    label: fc.constantFrom('p', 'p', 'q', ''),
    slice: fc.integer({ min: 1, max: 2 }),
    clusters: fc.array(decision, { maxLength: 3 }),
  })
  .map(({ of: { namespace, name: placement }, label: placementLabel, ...over }) =>
    aPlacementDecision({ ...over, namespace, placement, labels: { [contract.placement]: placementLabel } }),
  );
const score = fc
  .record({
    cluster: name,
    resource: fc.constantFrom('usage', 'usage', 'price'),
    scores: fc.record({ free: fc.integer({ min: -100, max: 100 }), busy: fc.constant(7) }, { requiredKeys: [] }),
    validUntil: fc.option(fc.constantFrom('2026-01-31T11:59:59Z', '2026-01-31T12:00:30Z'), { nil: undefined }),
  })
  .map(({ cluster: namespace, resource, scores, validUntil }) =>
    anAddOnPlacementScore({
      namespace,
      name: resource,
      scores,
      ...(validUntil === undefined ? {} : { validUntil }),
    }),
  );
const setSelector = fc.constantFrom(
  { selectorType: 'ExclusiveClusterSetLabel' },
  { selectorType: 'LabelSelector', labelSelector: { matchExpressions: [{ key: 'env', operator: 'Exists' }] } },
  { selectorType: 'LabelSelector', labelSelector: { matchLabels: { env: 'x' } } },
  { selectorType: 'LabelSelector', labelSelector: {} },
  { selectorType: 'LabelSelector' },
  { selectorType: 'LabelSelector', labelSelector: { matchExpressions: [{ key: '/', operator: 'Exists' }] } },
  { selectorType: 'Weather' },
);
const set = fc
  .record({ name: fc.constantFrom(...SETS), selector: setSelector })
  .map((over) => aClusterSet(over as Parameters<typeof aClusterSet>[0]));
const binding = fc
  .record({ namespace: fc.constantFrom(...NAMESPACES), set: fc.constantFrom(...SETS, 'global') })
  .map((over) => aClusterSetBinding(over));

function of<Kind extends string, Fields>(kind: Kind, fields: { [K in keyof Fields]: fc.Arbitrary<Fields[K]> }) {
  return fc.record(fields).map((made) => ({ kind, ...made }));
}

/** Once in so many times the object goes instead of coming. */
function isGone(times: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: times }).map((die) => die === 1);
}

/** Something that happens on the hub. */
export const hubEvent = fc.oneof(
  { weight: 7, arbitrary: of('cluster', { object: cluster, isGone: isGone(5) }) },
  { weight: 4, arbitrary: of('score', { object: score, isGone: isGone(4) }) },
  { weight: 5, arbitrary: of('slice', { object: slice, isGone: isGone(3) }) },
  { weight: 3, arbitrary: of('set', { object: set, isGone: isGone(3) }) },
  { weight: 3, arbitrary: of('binding', { object: binding, isGone: isGone(2) }) },
  { weight: 2, arbitrary: of('time', { seconds: fc.integer({ min: -30, max: 90 }) }) },
  { weight: 4, arbitrary: of('spec', { placement: fc.constantFrom(...PLACEMENTS), spec }) },
  // Deleted and created again, with another spec at the same generation; `isSeen`: somebody looked in between.
  { weight: 2, arbitrary: of('again', { placement: fc.constantFrom(...PLACEMENTS), spec, isSeen: fc.boolean() }) },
);
export type HubEvent = typeof hubEvent extends fc.Arbitrary<infer Event> ? Event : never;

/** A Placement that somebody has just created; `life` counts how often. */
export function newPlacement(
  { namespace, name: placement }: { readonly namespace: string; readonly name: string },
  { spec: wanted = {}, life = 1 }: { readonly spec?: PlacementSpec | undefined; readonly life?: number } = {},
): Placement {
  const metadata = { uid: `${namespace}-${placement}-${life}`, generation: 1 };
  return aPlacement({ namespace, name: placement, spec: wanted, metadata });
}
