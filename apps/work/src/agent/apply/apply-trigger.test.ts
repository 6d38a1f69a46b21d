import { describe, expect, test } from '@jest/globals';
import { finalizers, type ManifestWork, type ManifestWorkStatus, type ObjectMeta } from '@ocm/api';
import type { ObjectEvent } from '@ocm/kube';
import { isApplicable, isChanged, workToApply } from './apply-trigger.ts';

const work = (over: Partial<ObjectMeta> = {}, status: ManifestWorkStatus = {}): ManifestWork => ({
  metadata: { name: 'w', uid: 'u', generation: 1, finalizers: [finalizers.work], ...over },
  status,
});
const updated = (previous: ManifestWork, object: ManifestWork): ObjectEvent<ManifestWork> => ({
  type: 'updated',
  previous,
  object,
});

const complete = (status: 'True' | 'False'): ManifestWorkStatus => ({
  conditions: [{ type: 'Complete', status, reason: 'R', message: '', lastTransitionTime: 'T' }],
});

describe('isApplicable', () => {
  test.each([
    ['a work with our finalizer', work(), true],
    ['one without', work({ finalizers: [] }), false],
    ['one that is being deleted', work({ deletionTimestamp: 'T' }), false],
    ['one that is complete', work({}, complete('True')), false],
    ['one that is not complete', work({}, complete('False')), true],
  ])('%s', (_what, object, expected) => {
    expect(isApplicable(object)).toBe(expected);
  });
});

describe('workToApply', () => {
  test.each<[string, ObjectEvent<ManifestWork>, boolean, boolean]>([
    ['a new work', { type: 'added', object: work(), initial: false }, true, false],
    ['a new work without finalizer', { type: 'added', object: work({ finalizers: [] }), initial: false }, false, false],
    ['a resync', { type: 'resync', object: work() }, true, false],
    ['a deletion', { type: 'deleted', object: work() }, false, false],
    ['the finalizer', updated(work({ finalizers: [] }), work()), true, false],
    ['another spec', updated(work(), work({ generation: 2 })), true, true],
    ['another label', updated(work(), work({ labels: { a: 'b' } })), true, true],
    ['empty labels', updated(work(), work({ labels: {} })), false, false],
    ['another status', updated(work(), work({}, { conditions: [] })), false, false],
    ['a completion', updated(work({}, complete('False')), work({}, complete('True'))), false, false],
    ['the end of a completion', updated(work({}, complete('True')), work({}, complete('False'))), true, false],
    ['another annotation', updated(work(), work({ annotations: { a: 'b' } })), false, false],
    ['another work of the same name', updated(work(), work({ uid: 'v' })), true, false],
  ])('%s', (_what, event, ...[applies, resetsBackoff]) => {
    expect(workToApply(event)).toBe(applies ? 'w' : undefined);
    expect(isChanged(event)).toBe(resetsBackoff);
  });
});
