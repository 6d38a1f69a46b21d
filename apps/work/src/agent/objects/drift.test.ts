import { describe, expect, test } from '@jest/globals';
import { isDrift, isDriftInAnswer, type Sight } from './drift.ts';
import type { KnownObject } from './known-objects.ts';
import { ABSENT, type Observation } from './observation.ts';

const id = { group: '', resource: 'configmaps', namespace: 'n', name: 'x' };

test.each<[Sight['kind'], string | undefined, string | undefined, boolean]>([
  ['found', '1', '1', false],
  ['found', '2', '1', true],
  ['found', '2', undefined, false],
  ['found', undefined, '1', false],
  ['changed', '2', '2', false],
  ['changed', '2', '1', true],
  ['changed', '2', undefined, true],
  ['changed', undefined, '1', false],
  ['lost', undefined, undefined, true],
  ['lost', undefined, '1', true],
  ['lost', '2', '2', false],
  ['lost', '2', undefined, true],
])('%s, seen as %s and applied as %s: %s', (kind, seen, ...[applied, drifted]) => {
  expect(isDrift({ kind, id }, { seen, applied })).toBe(drifted);
});

test.each([
  { ...id, group: 'batch', resource: 'jobs' },
  { ...id, resource: 'pods' },
])('$resource that are gone may have ended by themselves', (ended) => {
  expect(isDrift({ kind: 'lost', id: ended }, { seen: undefined, applied: '1' })).toBe(false);
  expect(isDrift({ kind: 'changed', id: ended }, { seen: '2', applied: '1' })).toBe(true);
});

describe('an answer', () => {
  const present: Observation = { kind: 'present', uid: 'u', resourceVersion: '2' };
  const read: KnownObject = { uid: 'u', resourceVersion: '2', content: '2', fingerprint: undefined, seenMs: 0 };
  const applied: KnownObject = { ...read, resourceVersion: '1', content: '1', fingerprint: 'f' };

  test.each<[string, KnownObject | undefined, Observation, KnownObject | undefined, boolean]>([
    ['that the object is as it was applied', applied, present, applied, false],
    ['that the object is another one than was applied', applied, present, read, true],
    ['of an object that was never applied', read, present, read, false],
    ['of an object that nobody knew', undefined, present, read, false],
    ['that an object is gone', applied, ABSENT, undefined, true],
    ['that an object is gone that was only read', read, ABSENT, undefined, true],
    ['that an object does not exist that nobody knew', undefined, ABSENT, undefined, false],
  ])('%s', (_what, before, ...[answer, after, drifted]) => {
    expect(isDriftInAnswer(id, { before, read: answer, after })).toBe(drifted);
  });

  test('that a Job is gone tells nothing, as it may have ended by itself', () => {
    const job = { ...id, group: 'batch', resource: 'jobs' };
    expect(isDriftInAnswer(job, { before: applied, read: ABSENT, after: undefined })).toBe(false);
    expect(isDriftInAnswer(job, { before: applied, read: present, after: read })).toBe(true);
  });
});
