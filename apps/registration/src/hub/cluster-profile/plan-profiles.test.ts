import { type ConditionStatus, labels, type ManagedClusterSetBinding } from '@ocm/api';
import { aCluster, aClusterProfile, aClusterSet, aClusterSetBinding } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { membershipReader } from '../cluster-set/memberships.ts';
import { planProfiles, type ProfileFacts } from './plan-profiles.ts';

const gone = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const binding = (set: string, status: ConditionStatus = 'True', metadata = {}): ManagedClusterSetBinding =>
  aClusterSetBinding({ set, metadata, conditions: [{ type: 'Bound', status }] });
const everybody = { selectorType: 'LabelSelector', labelSelector: {} } as const;
const broken = {
  selectorType: 'LabelSelector',
  labelSelector: { matchExpressions: [{ key: 'a', operator: 'x' }] },
} as const;
const sets = [
  aClusterSet({ name: 'a' }),
  aClusterSet({ name: 'b' }),
  aClusterSet({ name: 'all', selector: everybody }),
  aClusterSet({ name: 'broken', selector: broken }),
];
const clusters = [
  aCluster({ name: 'a2', set: 'a' }),
  aCluster({ name: 'a1', set: 'a' }),
  aCluster({ name: 'b1', set: 'b' }),
  aCluster({ name: 'going', set: 'a', metadata: gone }),
];

function plan(facts: Partial<ProfileFacts>): {
  readonly create: readonly string[];
  readonly remove: readonly string[];
} {
  const { create, remove } = planProfiles({
    bindings: [],
    findSet: (name) => sets.find(({ metadata }) => metadata.name === name),
    clusters,
    profiles: [],
    membershipOf: membershipReader(),
    ...facts,
  });
  return { create, remove: remove.map(({ metadata }) => metadata.name) };
}

test.each([
  { what: 'a bound set', bindings: [binding('a')], create: ['a1', 'a2'] },
  { what: 'two bound sets that share clusters', bindings: [binding('a'), binding('all')], create: ['a1', 'a2', 'b1'] },
  { what: 'a binding that is not bound', bindings: [binding('a', 'False')], create: [] },
  { what: 'a binding without a condition', bindings: [aClusterSetBinding({ set: 'a' })], create: [] },
  { what: 'a binding that is being deleted', bindings: [binding('a', 'True', gone)], create: [] },
  { what: 'a set that does not exist', bindings: [binding('none'), binding('b')], create: ['b1'] },
])('[registration 48] $what gives profiles for $create', ({ bindings, create }) => {
  expect(plan({ bindings })).toEqual({ create, remove: [] });
});

test('[registration 49] profiles of others stay, and of ours those that nobody wants go', () => {
  const foreign = aClusterProfile({ cluster: 'foreign', labels: { [labels.clusterProfileManager]: 'somebody' } });
  const profiles = ['a1', 'b1', 'going'].map((cluster) => aClusterProfile({ cluster }));
  expect(plan({ bindings: [binding('a')], profiles: [...profiles, foreign] })).toEqual({
    create: ['a2'],
    remove: ['b1', 'going'],
  });
});

test('one that is being deleted is not deleted again', () => {
  expect(plan({ profiles: [aClusterProfile({ cluster: 'a1', metadata: gone })] }).remove).toEqual([]);
});

test('while the selector of a bound set is broken nothing is removed', () => {
  const profiles = [aClusterProfile({ cluster: 'b1' })];
  expect(plan({ bindings: [binding('a'), binding('broken')], profiles })).toEqual({ create: ['a1', 'a2'], remove: [] });
});
