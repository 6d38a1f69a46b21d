import { expect, test } from '@jest/globals';
import { gatesOf, parseFeatureGates } from './feature-gates.ts';

const table = { Old: { default: true, stage: 'beta' }, New: { default: false, stage: 'alpha' } };

test.each([
  [{}, { Old: true, New: false }],
  [{ New: 'true' }, { Old: true, New: true }],
  [
    { New: '1', Old: 'F' },
    { Old: false, New: true },
  ],
])('%j -> %j', (given, want) => {
  expect(parseFeatureGates(table, given)).toEqual(want);
});

test('[registration 1.2] unknown gates and values that are no boolean are named, with the known gates', () => {
  const given = { Newer: 'true', Old: 'on', toString: 'true' };
  expect(() => parseFeatureGates(table, given)).toThrow(
    expect.objectContaining({
      name: 'ConfigError',
      problems: [
        'unknown feature gate "Newer"; known: New, Old',
        'feature gate "Old" must be true or false, got "on"',
        'unknown feature gate "toString"; known: New, Old',
      ],
    }),
  );
});

test('the gates of a process are those of its component, with the defaults of the product', () => {
  expect(parseFeatureGates(gatesOf('registration-agent'), {})).toEqual({
    ClusterClaim: true,
    ClusterProperty: false,
    AddonManagement: true,
    MultipleHubs: false,
    V1beta1CSRAPICompatibility: false,
  });
});

test('a process of two components knows the gates of both', () => {
  expect(Object.keys(gatesOf('registration-agent', 'work-agent'))).toEqual(
    expect.arrayContaining(['ClusterClaim', 'ExecutorValidatingCaches', 'RawFeedbackJsonString']),
  );
});
