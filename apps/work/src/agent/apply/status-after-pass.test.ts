import { describe, expect, test } from '@jest/globals';
import type { ManifestWork, ManifestWorkStatus } from '@ocm/api';
import { ABSENT, type Observation, UNKNOWN } from '../objects/observation.ts';
import type { Sighting } from '../status/sighting.ts';
import type { ApplyOutcome, ManifestResult } from './manifest-result.ts';
import { statusAfterPass } from './status-after-pass.ts';

const NOW = new Date('2026-02-02T00:00:00Z');
const PRESENT = { kind: 'present', uid: 'u', resourceVersion: '1' } as const satisfies Observation & Sighting;

const work = (status: ManifestWorkStatus = {}): ManifestWork => ({ metadata: { name: 'w' }, spec: {}, status });
const result = (ordinal: number, outcome: ApplyOutcome): ManifestResult => ({
  manifest: {
    kind: 'unresolved',
    ordinal,
    kindName: 'ConfigMap',
    meta: {
      ordinal,
      group: '',
      version: 'v1',
      kind: 'ConfigMap',
      resource: 'configmaps',
      namespace: 'n',
      name: `m${ordinal}`,
    },
    error: new Error('not looked at'),
  },
  outcome,
});
const applied = result(0, { kind: 'applied', observation: PRESENT });
const failed = result(1, { kind: 'failed', error: new Error('broken'), observation: ABSENT });
const report = (results: readonly ManifestResult[], sightings: readonly Sighting[]) => ({
  results,
  sightings,
  generation: 2,
  now: NOW,
});

describe('statusAfterPass', () => {
  test('one status says what is applied and what is available', () => {
    const status = statusAfterPass(work(), report([applied, failed], [PRESENT, { kind: 'absent' }]));
    expect(
      status.conditions?.map(({ type, status, observedGeneration }) => [type, status, observedGeneration]),
    ).toEqual([
      ['Applied', 'False', 2],
      ['Available', 'False', 2],
    ]);
    expect(
      status.resourceStatus?.manifests?.map(({ conditions }) =>
        conditions.map(({ type, status }) => `${type}=${status}`),
      ),
    ).toEqual([
      ['Applied=True', 'Available=True', 'StatusFeedbackSynced=True'],
      ['Applied=False', 'Available=False'],
    ]);
  });

  test('conditions of others stay', () => {
    const complete = { type: 'Complete', status: 'False', reason: 'R', message: '', lastTransitionTime: 'T' } as const;
    const status = statusAfterPass(work({ conditions: [complete] }), report([applied], [PRESENT]));
    expect(status.conditions?.map(({ type }) => type)).toEqual(['Complete', 'Applied', 'Available']);
  });

  test('a second pass with the same outcome changes nothing', () => {
    const first = statusAfterPass(work(), report([applied, failed], [PRESENT, { kind: 'absent' }]));
    expect(statusAfterPass(work(first), report([applied, failed], [PRESENT, { kind: 'absent' }]))).toEqual(first);
  });

  test('another generation gives conditions of manifests a new time, those of the work keep theirs', () => {
    const first = statusAfterPass(work(), report([applied], [PRESENT]));
    const later = { ...report([applied], [PRESENT]), generation: 3, now: new Date('2026-03-03T00:00:00Z') };
    const { conditions = [], resourceStatus } = statusAfterPass(work(first), later);
    const applieds = [conditions, resourceStatus?.manifests?.[0]?.conditions ?? []].map((list) =>
      list.find(({ type }) => type === 'Applied'),
    );
    expect(applieds).toMatchObject([
      { observedGeneration: 3, lastTransitionTime: '2026-02-02T00:00:00Z' },
      { observedGeneration: 3, lastTransitionTime: '2026-03-03T00:00:00Z' },
    ]);
  });

  test('without manifests no condition is written, and old entries go', () => {
    const before = statusAfterPass(work(), report([applied], [PRESENT]));
    const after = statusAfterPass(work(before), report([], []));
    expect(after.conditions).toEqual(before.conditions);
    expect(after.resourceStatus?.manifests).toEqual([]);
    expect(statusAfterPass(work(), report([], [])).conditions).toBeUndefined();
  });

  test('nothing is known of an object that could not be looked at', () => {
    const unknown = result(0, { kind: 'failed', error: new Error('forbidden'), observation: UNKNOWN });
    const sighting: Sighting = { kind: 'unreadable', error: new Error('forbidden') };
    const status = statusAfterPass(work(), report([unknown], [sighting]));
    expect(status.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Applied=False',
      'Available=Unknown',
    ]);
  });
});
