import { describe, expect, test } from '@jest/globals';
import { afterPass, type PassEnd } from './after-pass.ts';
import { manifestAppliedCondition, workAppliedCondition } from './applied-condition.ts';
import { UNKNOWN } from '../objects/observation.ts';
import type { ApplyOutcome, ManifestResult } from './manifest-result.ts';

const result = (outcome: ApplyOutcome): ManifestResult => ({
  manifest: { kind: 'unresolved', ordinal: 0, kindName: 'ConfigMap', meta: { ordinal: 0 }, error: new Error('unused') },
  outcome,
});
const applied = result({ kind: 'applied', observation: UNKNOWN });
const bad = (kind: 'failed' | 'denied' | 'conflict' | 'lost' | 'field-conflict', message: string) =>
  result({ kind, error: new Error(message), observation: UNKNOWN });

describe('afterPass', () => {
  const end = (over: Partial<PassEnd>) =>
    afterPass({
      results: [applied],
      recorded: { kind: 'recorded', resources: [], isPending: false, errors: [] },
      pendingMs: undefined,
      resyncMs: 300_000,
      executorRetryMs: 60_000,
      nowMs: 1000,
      ...over,
    });

  test.each<[string, Partial<PassEnd>, number]>([
    ['a good pass looks again at the resync', {}, 300_000],
    ['a denial shortens it', { results: [applied, bad('denied', 'no')] }, 60_000],
    ['a denial does not lengthen it', { results: [bad('denied', 'no')], resyncMs: 1_000 }, 1_000],
    ['a conflict of field managers does not', { results: [applied, bad('field-conflict', 'theirs')] }, 300_000],
    ['resources that wait for finalizers shorten it', { pendingMs: 5 }, 5],
    ['a work without manifests looks again at the resync', { results: [] }, 300_000],
  ])('%s', (_what, over, afterMs) => {
    expect(end(over)).toEqual({ kind: 'requeue', afterMs });
  });

  test.each<[string, Partial<PassEnd>, string]>([
    [
      'a failure backs off, whatever is pending',
      {
        results: [applied, bad('failed', 'broken')],
        pendingMs: 5,
      },
      'broken',
    ],
    ['a conflict that stayed backs off', { results: [bad('conflict', 'changed')] }, 'changed'],
    ['an answer that never came backs off', { results: [bad('lost', 'no answer')] }, 'no answer'],
    [
      'several failures are one error',
      { results: [bad('failed', 'one'), bad('failed', 'two')] },
      '2 manifests or applied resources failed: one',
    ],
    [
      'a failure to remove stale resources backs off',
      { recorded: { kind: 'unknown', error: new Error('no delete') } },
      'no delete',
    ],
  ])('%s', (_what, over, message) => {
    const outcome = end(over);
    expect(outcome.kind === 'retry' && outcome.error.message).toBe(message);
  });
});

describe('conditions', () => {
  test('of a manifest', () => {
    expect(manifestAppliedCondition(applied, 4)).toEqual({
      type: 'Applied',
      status: 'True',
      reason: 'AppliedManifestComplete',
      message: 'Apply manifest complete',
      observedGeneration: 4,
    });
  });

  test.each(['failed', 'field-conflict'] as const)('of a manifest that is not applied: %s', (kind) => {
    expect(manifestAppliedCondition(bad(kind, 'broken'), 4)).toEqual({
      type: 'Applied',
      status: 'False',
      reason: 'AppliedManifestFailed',
      message: 'Failed to apply manifest: broken',
      observedGeneration: 4,
    });
  });

  test('of the work', () => {
    expect(workAppliedCondition([], 4)).toBeUndefined();
    expect(workAppliedCondition([applied, applied], 4)).toMatchObject({
      status: 'True',
      reason: 'AppliedManifestWorkComplete',
      message: 'Apply manifest work complete',
      observedGeneration: 4,
    });
    expect(workAppliedCondition([applied, bad('denied', 'no')], 4)).toMatchObject({
      status: 'False',
      reason: 'AppliedManifestWorkFailed',
      message: 'Failed to apply manifest work',
    });
  });
});
