import { expect, test } from '@jest/globals';
import type { Condition, ManifestStatus } from '@ocm/api';
import { LARGEST_STATUS, reduceStatus, sizeOf } from './reduce-status.ts';

const NOW = new Date('2026-02-02T00:00:00Z');
const LATER = new Date('2026-03-03T00:00:00Z');
const condition = (type: string, message = ''): Condition => ({
  type,
  status: 'True',
  reason: 'R',
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
});
const entry = (ordinal: number, text?: string, message?: string): ManifestStatus => ({
  resourceMeta: { ordinal },
  conditions: [condition('Applied', message), condition('StatusFeedbackSynced')],
  ...(text === undefined
    ? {}
    : { statusFeedback: { values: [{ name: 'v', fieldValue: { type: 'String', string: text } }] } }),
});
const status = (...manifests: readonly ManifestStatus[]) => ({ resourceStatus: { manifests } });

test('values go, and the condition says why where there were some', () => {
  const reduced = reduceStatus(status(entry(0, 'x'), entry(1)), {
    before: undefined,
    why: 'it is too large',
    now: NOW,
  });
  const [first, second] = reduced.resourceStatus?.manifests ?? [];
  expect(first?.statusFeedback).toBeUndefined();
  expect(first?.conditions[1]).toEqual({
    type: 'StatusFeedbackSynced',
    status: 'False',
    reason: 'StatusFeedbackSyncFailed',
    message: 'Sync status feedback failed with error it is too large',
    lastTransitionTime: '2026-02-02T00:00:00Z',
  });
  expect(second).toEqual(entry(1));
});

test('a second time changes nothing', () => {
  const once = reduceStatus(status(entry(0, 'x')), { before: undefined, why: 'w', now: NOW });
  expect(reduceStatus(status(entry(0, 'y')), { before: once, why: 'w', now: LATER })).toEqual(once);
});

test('when that is not enough, messages are cut', () => {
  const many = status(...Array.from({ length: 100 }, (_, ordinal) => entry(ordinal, 'x', 'm'.repeat(20_000))));
  const reduced = reduceStatus(many, { before: undefined, why: 'w', now: NOW });
  expect(sizeOf(reduced)).toBeLessThan(LARGEST_STATUS);
  expect(reduced.resourceStatus?.manifests?.[0]?.conditions[0]?.message).toBe(`${'m'.repeat(256)}…`);
});
