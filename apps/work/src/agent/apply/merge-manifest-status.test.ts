import { describe, expect, test } from '@jest/globals';
import type { ConditionUpdate, ManifestResourceMeta, ManifestStatus } from '@ocm/api';
import { mergeManifestStatuses, setGenerationCondition } from './merge-manifest-status.ts';

const BEFORE = '2026-01-01T00:00:00Z';
const NOW = new Date('2026-02-02T00:00:00Z');
const AFTER = '2026-02-02T00:00:00Z';

const meta = (ordinal: number, name = 'a', version = 'v1'): ManifestResourceMeta => ({
  ordinal,
  group: '',
  version,
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespace: 'n',
  name,
});
const entry = (resourceMeta: ManifestResourceMeta, label = 'value'): ManifestStatus => ({
  resourceMeta,
  conditions: [{ type: 'Available', status: 'True', reason: 'R', message: '', lastTransitionTime: BEFORE }],
  statusFeedback: { values: [{ name: label, fieldValue: { type: 'Integer', integer: 1 } }] },
});
const condition: ConditionUpdate = { type: 'Applied', status: 'True', reason: 'R', message: '', observedGeneration: 2 };
const merge = (old: readonly ManifestStatus[], ...metas: readonly ManifestResourceMeta[]) =>
  mergeManifestStatuses(
    old,
    metas.map((each) => ({ meta: each, condition })),
    NOW,
  );

describe('mergeManifestStatuses', () => {
  test('a new manifest starts with its condition, now', () => {
    expect(merge([], meta(0))).toEqual([
      { resourceMeta: meta(0), conditions: [{ ...condition, lastTransitionTime: AFTER }] },
    ]);
  });

  test('the entry at the same place keeps feedback and other conditions', () => {
    const [merged] = merge([entry(meta(0))], meta(0));
    expect(merged?.statusFeedback).toEqual(entry(meta(0)).statusFeedback);
    expect(merged?.conditions.map(({ type }) => type)).toEqual(['Available', 'Applied']);
  });

  test('a manifest that moved keeps its entry', () => {
    const merged = merge([entry(meta(0, 'a'), 'of a'), entry(meta(1, 'b'), 'of b')], meta(0, 'b'), meta(1, 'a'));
    expect(merged.map(({ statusFeedback }) => statusFeedback?.values?.[0]?.name)).toEqual(['of b', 'of a']);
    expect(merged.map(({ resourceMeta }) => resourceMeta.ordinal)).toEqual([0, 1]);
  });

  test('of two entries for one resource, a moved manifest gets neither', () => {
    const [merged] = merge([entry(meta(1)), entry(meta(2))], meta(0));
    expect(merged?.statusFeedback).toBeUndefined();
  });

  test('another version is another entry', () => {
    const [merged] = merge([entry(meta(0))], meta(0, 'a', 'v2'));
    expect(merged?.statusFeedback).toBeUndefined();
  });

  test('entries that no manifest has are gone', () => {
    expect(merge([entry(meta(0)), entry(meta(1, 'b'))], meta(0))).toHaveLength(1);
  });
});

const old = (observedGeneration: number) => [{ ...condition, observedGeneration, lastTransitionTime: BEFORE }];

describe('setGenerationCondition', () => {
  test('[work 14] another generation gives a new transition time', () => {
    expect(setGenerationCondition(old(1), condition, NOW)).toEqual([{ ...condition, lastTransitionTime: AFTER }]);
  });

  test('the same generation and status keeps the transition time', () => {
    expect(setGenerationCondition(old(2), { ...condition, message: 'new' }, NOW)).toEqual([
      { ...condition, message: 'new', lastTransitionTime: BEFORE },
    ]);
  });

  test('nothing new returns the same list', () => {
    const conditions = old(2);
    expect(setGenerationCondition(conditions, condition, NOW)).toBe(conditions);
  });
});
