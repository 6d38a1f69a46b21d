import { expect, test } from '@jest/globals';
import { aClusterClaim, aClusterProperty } from '@ocm/testing';
import { type ClaimLimits, type Facts, selectClaims } from './select-claims.ts';

const LIMITS = { maxCustom: 20, reservedSuffixes: [] };
const SPOKE_ONLY = { 'open-cluster-management.io/spoke-only': '' };
const claims = (values: Readonly<Record<string, string>>): Facts => ({
  properties: [],
  claims: Object.entries(values).map(([name, value]) => aClusterClaim({ name, value })),
});
const namesOf = (facts: Facts, limits: Partial<ClaimLimits> = {}): readonly unknown[] =>
  selectClaims(facts, { ...LIMITS, ...limits }).reported.map(({ name }) => name);

test('[registration 40] claims are sorted, reserved ones first', () => {
  const facts = claims({ zone: 'z', area: 'a', 'product.open-cluster-management.io': 'p', 'id.k8s.io': 'i' });
  expect(selectClaims(facts, LIMITS).reported).toEqual([
    { name: 'id.k8s.io', value: 'i' },
    { name: 'product.open-cluster-management.io', value: 'p' },
    { name: 'area', value: 'a' },
    { name: 'zone', value: 'z' },
  ]);
});

test('[registration 41] of 25 custom claims 20 are reported, and all reserved ones', () => {
  const custom = Array.from({ length: 25 }, (_, index) => `c${String(index).padStart(2, '0')}`);
  const facts = claims(Object.fromEntries([...custom, 'id.k8s.io', 'c99.acme.io'].map((name) => [name, 'v'])));
  const { reported, cut } = selectClaims(facts, { maxCustom: 20, reservedSuffixes: ['acme.io'] });
  expect(reported.map(({ name }) => name)).toEqual(['c99.acme.io', 'id.k8s.io', ...custom.slice(0, 20)]);
  expect(cut).toEqual(custom.slice(20));
});

test('an empty suffix reserves nothing', () => {
  expect(namesOf(claims({ a: 'v' }), { maxCustom: 0, reservedSuffixes: [''] })).toEqual([]);
});

test('[registration 42] the property wins over the claim of its name, and spoke-only objects stay at home', () => {
  const facts = {
    properties: [
      aClusterProperty({ name: 'region', value: 'of the property' }),
      aClusterProperty({ name: 'hidden', labels: SPOKE_ONLY }),
    ],
    claims: [
      aClusterClaim({ name: 'region', value: 'of the claim' }),
      aClusterClaim({ name: 'private', labels: { ...SPOKE_ONLY, 'open-cluster-management.io/spoke-only': 'false' } }),
    ],
  };
  expect(selectClaims(facts, LIMITS).reported).toEqual([{ name: 'region', value: 'of the property' }]);
});

test.each([
  { what: '1024 letters', value: 'x'.repeat(1024), want: true },
  { what: '1025 letters', value: 'x'.repeat(1025), want: false },
  { what: '1024 characters of two code units', value: '\u{1F600}'.repeat(1024), want: true },
  { what: 'nothing', value: '', want: false },
])('a property of $what is reported: $want; it does not spoil the others', ({ value, want }) => {
  const facts = { properties: [aClusterProperty({ name: 'a', value }), aClusterProperty({ name: 'b' })], claims: [] };
  const { reported, refused } = selectClaims(facts, LIMITS);
  expect(reported.map(({ name }) => name)).toEqual(want ? ['a', 'b'] : ['b']);
  expect(refused).toEqual(want ? [] : ['a']);
});
