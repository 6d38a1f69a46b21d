import type { ManagedCluster, ManagedNamespaceStatus } from '@ocm/api';
import { aCluster, aClusterSet, aCondition } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { membershipReader } from '../cluster-set/memberships.ts';
import { planManagedNamespaces } from './plan-managed-namespaces.ts';

const everybody = { selectorType: 'LabelSelector', labelSelector: {} } as const;
const broken = {
  selectorType: 'LabelSelector',
  labelSelector: { matchExpressions: [{ key: 'a', operator: 'Near' }] },
} as const;
const gone = { deletionTimestamp: '2026-01-01T00:00:00Z' };

function clusterWith(managedNamespaces: readonly ManagedNamespaceStatus[], over = {}): ManagedCluster {
  const cluster = aCluster({ set: 'blue', ...over });
  return { ...cluster, status: { ...cluster.status, managedNamespaces } };
}

const entry = (clusterSet: string, name: string): ManagedNamespaceStatus => ({ clusterSet, name });
const sets = [
  aClusterSet({ name: 'z', selector: everybody, managedNamespaces: ['b', 'a'] }),
  aClusterSet({ name: 'blue', managedNamespaces: ['blue-ns'] }),
  aClusterSet({ name: 'red', managedNamespaces: ['red-ns'] }),
];

test('[registration 43] members get the namespaces of all their sets, by set and name', () => {
  expect(planManagedNamespaces(clusterWith([]), sets, membershipReader())).toEqual({
    kind: 'write',
    namespaces: [entry('blue', 'blue-ns'), entry('z', 'a'), entry('z', 'b')],
  });
});

test('[registration 43] what the agent said about an entry stays, and the entry of a set that was left goes', () => {
  const said = { ...entry('z', 'a'), conditions: [aCondition({ type: 'NamespaceAvailable', status: 'True' })] };
  const cluster = clusterWith([entry('red', 'red-ns'), said]);
  expect(planManagedNamespaces(cluster, sets, membershipReader())).toEqual({
    kind: 'write',
    namespaces: [entry('blue', 'blue-ns'), said, entry('z', 'b')],
  });
});

test.each([
  { what: 'the list is right already', cluster: clusterWith([entry('blue', 'blue-ns')]), sets: [sets[1]] },
  {
    what: 'no set has namespaces and none are listed',
    cluster: clusterWith([]),
    sets: [aClusterSet({ name: 'blue' })],
  },
  { what: 'the cluster is being deleted', cluster: clusterWith([], { metadata: gone }), sets },
  {
    what: 'the selector of the set is broken: nobody knows who its members are',
    cluster: clusterWith([entry('odd', 'x')]),
    sets: [aClusterSet({ name: 'odd', selector: broken, managedNamespaces: ['y'] })],
  },
])('nothing is written when $what', ({ cluster, sets }) => {
  const present = sets.filter((set) => set !== undefined);
  expect(planManagedNamespaces(cluster, present, membershipReader())).toEqual({ kind: 'keep' });
});

test.each([
  { what: 'the set is being deleted', sets: [aClusterSet({ name: 'blue', managedNamespaces: ['a'], metadata: gone })] },
  { what: 'the set is gone', sets: [] },
])('the list becomes empty when $what', ({ sets }) => {
  expect(planManagedNamespaces(clusterWith([entry('blue', 'a')]), sets, membershipReader())).toEqual({
    kind: 'write',
    namespaces: [],
  });
});
