import { describe, expect, test } from '@jest/globals';
import type { Condition, ManifestConfig, ManifestStatus, ManifestWorkStatus } from '@ocm/api';
import type { FeedbackReport } from '../feedback/evaluate-feedback.ts';
import { reviewStatus } from './review-status.ts';
import type { Sighting } from './sighting.ts';

const BEFORE = '2026-01-01T00:00:00Z';
const NOW = new Date('2026-02-02T00:00:00Z');

const PRESENT: Sighting = { kind: 'present', uid: 'u' };
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
const review = (
  status: ManifestWorkStatus,
  sightings: readonly (Sighting | undefined)[],
  configs: readonly ManifestConfig[] = [],
) => reviewStatus({ status, sightings, configs, generation: 3, now: NOW });
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

const saw = (feedback: FeedbackReport): Sighting => ({
  kind: 'present',
  uid: 'u',
  findings: { feedback, conditions: { conditions: [], refused: [] } },
});

const since = (conditions: readonly Condition[] = []) => [
  ...conditions,
  {
    type: 'StatusFeedbackSynced',
    status: 'True',
    reason: 'StatusFeedbackSynced',
    message: '',
    lastTransitionTime: BEFORE,
  } as const,
];

describe('feedback', () => {
  const values = [{ name: 'x', fieldValue: { type: 'Integer' as const, integer: 1 } }];
  const resourceIdentifier = { resource: 'configmaps', name: '*', namespace: 'n' };
  const configs: readonly ManifestConfig[] = [{ resourceIdentifier, feedbackRules: [{ type: 'WellKnownStatus' }] }];
  const status = { resourceStatus: { manifests: [{ ...entry(0, since()), statusFeedback: { values } }] } };

  test('without rules there are no values, and nothing to sync', () => {
    const reviewed = review(status, [PRESENT]);
    expect(synced(reviewed)).toMatchObject({ status: 'True', reason: 'NoStatusFeedbackSynced', message: '' });
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toBeUndefined();
  });

  test('the same values leave everything as it is', () => {
    const reviewed = review(status, [saw({ values, problems: [] })], configs);
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toEqual({ values });
    expect(synced(reviewed)).toEqual(since()[0]);
  });

  test('[work 50] other values move the time of the transition', () => {
    const reviewed = review(status, [saw({ values: [], problems: [] })], configs);
    expect(synced(reviewed)).toEqual({ ...since()[0], lastTransitionTime: '2026-02-02T00:00:00Z' });
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toBeUndefined();
  });

  test.each([
    [['one'], 'Sync status feedback failed with error one'],
    [['one', 'two'], 'Sync status feedback failed with error [one, two]'],
  ])('problems %j are reported beside the values', (problems, message) => {
    const reviewed = review(status, [saw({ values, problems })], configs);
    expect(synced(reviewed)).toMatchObject({ status: 'False', reason: 'StatusFeedbackSyncFailed', message });
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toEqual({ values });
  });

  test.each([ABSENT, INCOMPLETE, UNREADABLE])('old values stay while the object is $kind', (sighting) => {
    const reviewed = review(status, [sighting], configs);
    expect(reviewed.resourceStatus?.manifests?.[0]?.statusFeedback).toEqual({ values });
    expect(synced(reviewed)).toEqual(since()[0]);
  });
});

const goodOf = ({ conditions, resourceStatus }: ManifestWorkStatus) =>
  [conditions, resourceStatus?.manifests?.[0]?.conditions].map((list) => list?.find(({ type }) => type === 'Good'));

describe('condition rules', () => {
  const resourceIdentifier = { resource: 'configmaps', name: '*', namespace: 'n' };
  const rules: readonly ManifestConfig[] = [
    { resourceIdentifier, conditionRules: [{ type: 'CEL', condition: 'Good' }] },
  ];
  const good = { type: 'Good', status: 'True', reason: 'ConditionRuleEvaluated', message: 'it is' } as const;
  const sawGood: Sighting = {
    kind: 'present',
    uid: 'u',
    findings: { feedback: { values: [], problems: [] }, conditions: { conditions: [good], refused: [] } },
  };
  const older: Condition = { ...good, lastTransitionTime: BEFORE, observedGeneration: 2 };
  const status = {
    conditions: [{ ...older, reason: 'ConditionRulesAggregated' }],
    resourceStatus: { manifests: [entry(0, [older])] },
  };

  test('what they say is set for the generation, with a new time at the manifest alone', () => {
    expect(goodOf(review(status, [sawGood], rules))).toEqual([
      { ...older, reason: 'ConditionRulesAggregated', observedGeneration: 3 },
      { ...older, observedGeneration: 3, lastTransitionTime: '2026-02-02T00:00:00Z' },
    ]);
  });

  test('[work 56] a condition whose rule is gone disappears at both levels', () => {
    expect(goodOf(review(status, [PRESENT]))).toEqual([undefined, undefined]);
  });

  test('they stay while the object is not there', () => {
    const [ofWork, ofManifest] = goodOf(review(status, [ABSENT], rules));
    expect(ofWork).toEqual({ ...older, reason: 'ConditionRulesAggregated', observedGeneration: 3 });
    expect(ofManifest).toEqual(older);
  });

  test('a second look changes nothing', () => {
    const reviewed = review(status, [sawGood], rules);
    expect(review(reviewed, [sawGood], rules)).toEqual(reviewed);
  });
});

test('an entry that nobody has looked at stays as it is', () => {
  const manifests = [entry(0)];
  expect(review({ resourceStatus: { manifests } }, [undefined]).resourceStatus?.manifests?.[0]).toBe(manifests[0]);
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
