import { expect, test } from '@jest/globals';
import { type FeatureGateOf, featureGates } from './feature-gates.ts';

test('the gates of a component are known to the compiler', () => {
  const workAgent: Record<FeatureGateOf<'work-agent'>, boolean> = {
    ExecutorValidatingCaches: true,
    RawFeedbackJsonString: false,
  };
  const shared: Record<FeatureGateOf<'registration-webhook' | 'work-webhook'>, boolean> = {
    DefaultClusterSet: true,
    NilExecutorValidating: false,
    ManifestWorkReplicaSet: false,
  };
  expect(Object.keys({ ...workAgent, ...shared }).every((name) => Object.hasOwn(featureGates, name))).toBe(true);
});

test('every beta gate is on, and the only alpha gate that is on is DefaultClusterSet', () => {
  const on = Object.entries(featureGates).filter(([, gate]) => gate.default);
  expect(on.filter(([, { stage }]) => stage === 'alpha').map(([name]) => name)).toEqual(['DefaultClusterSet']);
  expect(
    Object.values(featureGates)
      .filter(({ stage }) => stage === 'beta')
      .every((gate) => gate.default),
  ).toBe(true);
});
