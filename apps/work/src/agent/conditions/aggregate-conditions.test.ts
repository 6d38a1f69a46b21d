import { describe, expect, test } from '@jest/globals';
import type { Condition, ManifestStatus } from '@ocm/api';
import { withAggregated } from './aggregate-conditions.ts';

const BEFORE = '2026-01-01T00:00:00Z';
const at = { generation: 3, now: new Date('2026-02-02T00:00:00Z') };

const ofRule = (type: string, status: Condition['status'], message = 'm'): Condition => ({
  type,
  status,
  reason: 'ConditionRuleEvaluated',
  message,
  lastTransitionTime: BEFORE,
});
const manifests = (...conditions: readonly Condition[]): readonly ManifestStatus[] =>
  conditions.map((condition, ordinal) => ({ resourceMeta: { ordinal }, conditions: [condition] }));
const aggregated = (type: string, status: Condition['status'], observedGeneration: number): Condition => ({
  ...ofRule(type, status),
  reason: 'ConditionRulesAggregated',
  observedGeneration,
});

describe('the status', () => {
  test.each<[string, readonly Condition['status'][], Condition['status']]>([
    ['Progressing', ['False', 'True', 'Unknown'], 'True'],
    ['Progressing', ['False', 'Unknown'], 'Unknown'],
    ['Progressing', ['False', 'False'], 'False'],
    ['Complete', ['True', 'False', 'Unknown'], 'False'],
    ['Complete', ['True', 'Unknown'], 'Unknown'],
    ['Complete', ['True', 'True'], 'True'],
    ['Degraded', ['True', 'False'], 'False'],
  ])('[work 55] %s of %j is %s', (type, parts, status) => {
    const [condition] = withAggregated([], manifests(...parts.map((part) => ofRule(type, part))), at);
    expect(condition).toMatchObject({ type, status, reason: 'ConditionRulesAggregated', observedGeneration: 3 });
  });
});

test.each([
  [['only'], 'only'],
  [[''], 'Aggregated from 1 manifest conditions'],
  [['one', 'two'], 'Aggregated from 2 manifest conditions'],
])('the message of %j is %j', (messages, expected) => {
  const parts = messages.map((message) => ofRule('Complete', 'True', message));
  expect(withAggregated([], manifests(...parts), at)[0]?.message).toBe(expected);
});

test('conditions that come from no rule do not count', () => {
  const other: Condition = { ...ofRule('Applied', 'True'), reason: 'AppliedManifestComplete' };
  expect(withAggregated([], manifests(other), at)).toEqual([]);
});

test('[work 56] what no rule says any more goes, other conditions stay', () => {
  const applied = { ...aggregated('Applied', 'True', 2), reason: 'AppliedManifestWorkComplete' };
  expect(withAggregated([applied, aggregated('Complete', 'True', 2)], [], at)).toEqual([applied]);
});

test('another generation alone does not move the time of the transition', () => {
  const before = aggregated('Complete', 'True', 2);
  const [condition] = withAggregated([before], manifests(ofRule('Complete', 'True')), at);
  expect(condition).toEqual({ ...before, observedGeneration: 3 });
});

test('a second look changes nothing', () => {
  const parts = manifests(ofRule('Complete', 'True'));
  const conditions = withAggregated([], parts, at);
  expect(withAggregated(conditions, parts, at)).toBe(conditions);
});
