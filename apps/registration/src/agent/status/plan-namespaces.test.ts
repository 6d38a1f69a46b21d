import { expect, test } from '@jest/globals';
import type { ManagedCluster } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import { type NamespacePlan, planNamespaces } from './plan-namespaces.ts';

type Pair = readonly [set: string, name: string];

function cluster(pairs: readonly Pair[]): ManagedCluster {
  return { ...aCluster(), status: { managedNamespaces: pairs.map(([clusterSet, name]) => ({ clusterSet, name })) } };
}

test.each([
  {
    what: 'new ones',
    listed: [
      ['s1', 'b'],
      ['s1', 'a'],
    ],
    marked: [],
    want: { apply: ['a', 'b'], release: [] },
  },
  {
    what: 'one of two sets',
    listed: [
      ['s1', 'a'],
      ['s2', 'a'],
    ],
    marked: [],
    want: { apply: ['a'], release: [] },
  },
  { what: 'one that is there', listed: [['s1', 'a']], marked: ['a'], want: { apply: [], release: [] } },
  {
    what: 'one that has gone',
    listed: [['s1', 'a']],
    marked: ['a', 'b'],
    want: { apply: [], release: ['b'] },
  },
  { what: 'an empty list', listed: [], marked: ['a'], want: { apply: [], release: ['a'] } },
] satisfies readonly { what: string; listed: readonly Pair[]; marked: readonly string[]; want: NamespacePlan }[])(
  '[registration 43] managed namespaces: $what',
  ({ listed, marked, want }) => {
    expect(planNamespaces(cluster(listed), marked)).toEqual(want);
  },
);

test('[registration 43] a cluster that is deleted releases them all', () => {
  const { metadata, ...rest } = cluster([['s1', 'a']]);
  const deleted = { ...rest, metadata: { ...metadata, deletionTimestamp: '2026-03-01T00:00:00Z' } };
  expect(planNamespaces(deleted, ['a'])).toEqual({ apply: [], release: ['a'] });
});
