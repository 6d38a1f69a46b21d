import { labels, type ManagedClusterSet } from '@ocm/api';
import { aCluster, aClusterSet } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { clustersOfSet, setsOfCluster } from './cluster-set.ts';

const inA = aCluster({ name: 'in-a', set: 'a' });
const inB = aCluster({ name: 'in-b', set: 'b', labels: { env: 'prod' } });
const free = aCluster({ name: 'free' });
const all = [inA, inB, free];

/** As an object that the schema of today would not let in. */
function withSelector(selector: object): ManagedClusterSet {
  return { metadata: { name: 'a' }, spec: { clusterSelector: selector as never } };
}

test.each([
  { what: 'no spec', set: { metadata: { name: 'a' } }, want: ['in-a'] },
  { what: 'no type', set: withSelector({ selectorType: '' }), want: ['in-a'] },
  { what: 'the exclusive label', set: aClusterSet({ name: 'b' }), want: ['in-b'] },
  {
    what: 'a label selector',
    set: withSelector({ selectorType: 'LabelSelector', labelSelector: { matchLabels: { env: 'prod' } } }),
    want: ['in-b'],
  },
  {
    what: 'an empty label selector',
    set: withSelector({ selectorType: 'LabelSelector', labelSelector: {} }),
    want: ['in-a', 'in-b', 'free'],
  },
  { what: 'no label selector', set: withSelector({ selectorType: 'LabelSelector' }), want: [] },
  {
    what: 'a label selector that is null',
    set: withSelector({ selectorType: 'LabelSelector', labelSelector: null }),
    want: [],
  },
])('a set with $what has the members $want', ({ set, want }) => {
  const members = clustersOfSet(set, all);
  expect(members.kind === 'members' ? members.clusters.map(({ metadata }) => metadata.name) : members).toEqual(want);
});

test.each([
  {
    set: withSelector({ selectorType: 'Other' }),
    problem: 'selectorType "Other" is neither ExclusiveClusterSetLabel nor LabelSelector',
  },
  {
    set: withSelector({
      selectorType: 'LabelSelector',
      labelSelector: { matchExpressions: [{ key: 'a', operator: 'Gt' }] },
    }),
    problem: '"Gt" is not a valid label selector operator',
  },
])('a set that cannot be understood says so: $problem', ({ set, problem }) => {
  expect(clustersOfSet(set, all)).toEqual({ kind: 'broken', problem });
});

test('the sets of a cluster are found beside a broken one', () => {
  const broken = withSelector({ selectorType: 'Other' });
  const everything = aClusterSet({
    name: 'global',
    selector: { selectorType: 'LabelSelector', labelSelector: {} },
  });
  const sets = [aClusterSet({ name: 'b' }), broken, everything];
  expect(setsOfCluster({ [labels.clusterSet]: 'b' }, sets)).toEqual({
    names: ['b', 'global'],
    broken: [{ set: 'a', problem: expect.stringContaining('Other') }],
  });
  expect(setsOfCluster(undefined, [aClusterSet({ name: 'b' })])).toEqual({ names: [], broken: [] });
});
