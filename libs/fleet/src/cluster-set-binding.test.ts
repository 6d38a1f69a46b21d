import { clusterSetBindingConditions } from '@ocm/api';
import { aClusterSetBinding } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { boundBindings, eligibleSets, validBindings } from './cluster-set-binding.ts';

const { bound, setNotFound } = clusterSetBindingConditions.bound;
const a = aClusterSetBinding({ set: 'a', conditions: [setNotFound] });
const b = aClusterSetBinding({ set: 'b', conditions: [bound] });

test('a binding counts for scheduling when a set of its own name exists, whatever its condition says', () => {
  const renamed = { ...a, metadata: { ...a.metadata, name: 'c' } };
  expect(validBindings([a, b, renamed], (set) => set === 'a')).toEqual([a]);
});

test('bound bindings are those with the condition', () => {
  expect(boundBindings([a, b, aClusterSetBinding({ set: 'c' })])).toEqual([b]);
});

test.each([
  { wanted: undefined, sets: ['a', 'b'] },
  { wanted: [], sets: ['a', 'b'] },
  { wanted: ['b', 'c', 'b'], sets: ['b'] },
  { wanted: ['c'], sets: [] },
])('of the bound sets a and b, $wanted leaves $sets', ({ wanted, sets }) => {
  expect(eligibleSets([b, a, b], wanted)).toEqual(sets);
});
