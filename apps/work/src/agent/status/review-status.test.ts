import { describe, expect, test } from '@jest/globals';
import type { Condition, ManifestConfig, ManifestStatus, ManifestWorkStatus } from '@ocm/api';
import { reviewStatus } from './review-status.ts';
import type { Sighting } from './sighting.ts';

const BEFORE = '2026-01-01T00:00:00Z';
const NOW = new Date('2026-02-02T00:00:00Z');

const PRESENT: Sighting = { kind: 'present', uid: 'u', resourceVersion: '1' };
const ABSENT: Sighting = { kind: 'absent' };
const INCOMPLETE: Sighting = { kind: 'incomplete' };
const UNREADABLE: Sighting = { kind: 'unreadable', error: new Error('no answer') };

const entry = (ordinal: number, conditions: readonly Condition[] = []): ManifestStatus => ({
  resourceMeta: {
    ordinal,
    group: '',
    version: 'v1',
    kind: 'ConfigMap',
    resource: 'configmaps',
    namespace: 'n',
    name: 'a',
  },
  conditions,
});
const review = (status: ManifestWorkStatus, sightings: readonly Sighting[], configs: readonly ManifestConfig[] = []) =>
  reviewStatus({ status, sightings, configs, generation: 3, now: NOW });
const reviewAll = (...sightings: readonly Sighting[]) =>
  review({ resourceStatus: { manifests: sightings.map((_, index) => entry(index)) } }, sightings);
const summary = ({ type, status, reason, message }: Condition) => [type, status, reason, message];

describe('condition Available of a manifest', () => {
  test.each([
    [PRESENT, ['Available', 'True', 'ResourceAvailable', 'Resource is available']],
    [ABSENT, ['Available', 'False', 'ResourceNotAvailable', 'Resource is not available']],
    [INCOMPLETE, ['Available', 'Unknown', 'IncompleteResourceMeta', 'Resource meta is incomplete']],
    [UNREADABLE, ['Available', 'Unknown', 'FetchingResourceFailed', 'Failed to fetch resource: no answer']],
  ])('$kind', (sighting, expected) => {
    const [first] = reviewAll(sighting).resourceStatus?.manifests?.[0]?.conditions ?? [];
    expect(first && summary(first)).toEqual(expected);
    expect(first && 'observedGeneration' in first).toBe(false);
  });
});

describe('condition Available of a work', () => {
  test.each<[readonly Sighting[], string, string]>([
    [[PRESENT, PRESENT], 'True', 'All resources are available'],
    [[PRESENT, ABSENT, UNREADABLE], 'False', '1 of 3 resources are not available'],
    [[PRESENT, UNREADABLE, INCOMPLETE], 'Unknown', '2 of 3 resources have unknown status'],
    [[], 'Unknown', 'cannot get any available resource '],
  ])('%#', (sightings, status, message) => {
    expect(reviewAll(...sightings).conditions).toMatchObject([
      { type: 'Available', status, message, observedGeneration: 3 },
    ]);
  });
});

const synced = (reviewed: ManifestWorkStatus) =>
  reviewed.resourceStatus?.manifests?.[0]?.conditions.find(({ type }) => type === 'StatusFeedbackSynced');

describe('feedback', () => {
  const values = { values: [{ name: 'x', fieldValue: { type: 'Integer' as const, integer: 1 } }] };
  const status = { resourceStatus: { manifests: [{ ...entry(0), statusFeedback: values }] } };

  test('without rules there are no values, and nothing to sync', () => {
    const reviewed = review(status, [PRESENT]);
    expect(synced(reviewed)).toMatchObject({ status: 'True', reason: 'NoStatusFeedbackSynced', message: '' });
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toBeUndefined();
  });

  test('rules that cannot be evaluated yet are reported', () => {
    const resourceIdentifier = { resource: 'configmaps', name: '*', namespace: 'n' };
    const reviewed = review(status, [PRESENT], [{ resourceIdentifier, feedbackRules: [{ type: 'WellKnownStatus' }] }]);
    expect(synced(reviewed)).toMatchObject({ status: 'False', reason: 'StatusFeedbackSyncFailed' });
  });

  test.each([ABSENT, INCOMPLETE, UNREADABLE])('old values stay while the object is $kind', (sighting) => {
    const reviewed = review(status, [sighting]);
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toEqual(values);
    expect(synced(reviewed)).toBeUndefined();
  });
});

test('a second look at an unchanged world changes nothing', () => {
  const reviewed = reviewAll(PRESENT, ABSENT);
  expect(review(reviewed, [PRESENT, ABSENT])).toEqual(reviewed);
});

test('an object that comes back keeps the time of other conditions', () => {
  const applied: Condition = { type: 'Applied', status: 'True', reason: 'R', message: '', lastTransitionTime: BEFORE };
  const gone = review({ resourceStatus: { manifests: [entry(0, [applied])] } }, [ABSENT]);
  const back = review(gone, [PRESENT]);
  expect(
    back.resourceStatus?.manifests?.[0]?.conditions.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
  ).toEqual([
    ['Applied', BEFORE],
    ['Available', '2026-02-02T00:00:00Z'],
    ['StatusFeedbackSynced', '2026-02-02T00:00:00Z'],
  ]);
});
