import {
  findCondition,
  type ManifestWork,
  type ManifestWorkReplicaSet,
  type ManifestWorkReplicaSetStatus,
} from '@ocm/api';
import { KubeError } from '@ocm/kube';
import { aManifestWork, aManifestWorkReplicaSet, aPlacement } from '@ocm/testing';
import { describe, expect, test } from '@jest/globals';
import type { PlacementOutcome } from './placement-outcome.ts';
import type { PlacementPlan } from './plan-placement.ts';
import { isNews, statusAfterPass, statusOfInvalidName, statusWithoutPlacement } from './replica-set-status.ts';
import { rolloutNews } from './rollout-news.ts';

const NOW = new Date('2026-01-31T12:00:00Z');
const progressingRule = {
  resourceIdentifier: { resource: 'configmaps', name: '*' },
  conditionRules: [{ condition: 'Progressing', type: 'CEL' as const, celExpressions: ['false'] }],
};
const set = aManifestWorkReplicaSet({ template: { manifestConfigs: [progressingRule] } });

interface OutcomeOver extends Partial<PlacementPlan> {
  readonly name?: string;
  readonly selected?: number;
  /** Conditions that are True, by cluster. */
  readonly works?: Readonly<Record<string, readonly string[]>>;
  readonly written?: readonly string[];
  readonly failures?: PlacementOutcome['failures'];
}

function outcome(over: OutcomeOver = {}): PlacementOutcome {
  const { name = 'p', selected = 0, works = {}, written = [], failures = [], ...plan } = over;
  return {
    plan: {
      placement: aPlacement({ name, numberOfSelectedClusters: selected, decisionGroups: [{ decisionGroupIndex: 0 }] }),
      ref: { name },
      writes: [],
      unselected: [],
      surplus: [],
      current: new Map(Object.entries(works).map(([cluster, types]) => [cluster, workOf(cluster, types)])),
      rollout: { succeeded: 0, failing: [], isBreached: false },
      ...plan,
    },
    written: new Set(written),
    failures,
  };
}

/** A work of which conditions of these types are True. */
function workOf(cluster: string, types: readonly string[]): ManifestWork {
  return aManifestWork({ namespace: cluster, conditions: types.map((type) => ({ type, status: 'True' })) });
}

/** `status/reason` of a condition. */
function verdict({ conditions }: ManifestWorkReplicaSetStatus, type: string): string {
  const condition = findCondition(conditions, type);
  return `${condition?.status}/${condition?.reason}`;
}

function statusOf(
  outcomes: readonly PlacementOutcome[],
  of: ManifestWorkReplicaSet = set,
): ManifestWorkReplicaSetStatus {
  return statusAfterPass(of, outcomes, NOW);
}

function messageOf({ conditions }: ManifestWorkReplicaSetStatus, type: string): string | undefined {
  return findCondition(conditions, type)?.message;
}

describe('summary', () => {
  test('the total counts works that were just written, each cluster once, and sums over Placements', () => {
    const status = statusOf([
      outcome({
        selected: 3,
        works: { a: ['Applied', 'Available'], b: ['Applied', 'Progressing'] },
        written: ['b', 'c'],
      }),
      outcome({ name: 'q', selected: 1, works: { a: ['Degraded'] } }),
    ]);
    expect(status.summary).toEqual({ total: 4, applied: 2, available: 1, progressing: 1, degraded: 1 });
    expect(
      status.placementSummary?.map(({ name, availableDecisionGroups }) => [name, availableDecisionGroups]),
    ).toEqual([
      ['p', '1 (3 / 3 clusters applied)'],
      ['q', '1 (1 / 1 clusters applied)'],
    ]);
  });

  test('a work that is being deleted is in the total only', () => {
    const metadata = { deletionTimestamp: '2026-01-31T11:00:00Z' };
    const work = aManifestWork({ conditions: [{ type: 'Applied', status: 'True' }], metadata });
    expect(statusOf([outcome({ current: new Map([['a', work]]) })]).summary).toEqual({
      total: 1,
      applied: 0,
      available: 0,
      progressing: 0,
      degraded: 0,
    });
  });
});

describe('conditions', () => {
  const good = ['Applied', 'Available'];
  const busy = ['Applied', 'Available', 'Progressing'];
  const bad = ['Applied', 'Degraded'];

  test.each<[string, OutcomeOver, string, string]>([
    ['all works are available', { works: { a: good, b: good } }, 'True/AsExpected', 'True/AsExpected'],
    ['one is not', { works: { a: good, b: [] } }, 'True/AsExpected', 'False/NotAsExpected'],
    ['one progresses', { works: { a: good, b: busy } }, 'True/AsExpected', 'False/Processing'],
    ['one progresses and one is degraded', { works: { a: busy, b: bad } }, 'True/AsExpected', 'False/NotAsExpected'],
    ['there are none', {}, 'False/PlacementDecisionEmpty', 'False/PlacementDecisionEmpty'],
    ['the strategy is wrong', { problem: 'no', works: { a: good } }, 'False/NotAsExpected', 'True/AsExpected'],
    ['the strategy is wrong and there are none', { problem: 'no' }, 'False/NotAsExpected', 'False/NotAsExpected'],
  ])('when %s', (_when, ...[over, verified, applied]) => {
    const status = statusOf([outcome(over)]);
    expect(verdict(status, 'PlacementVerified')).toBe(verified);
    expect(verdict(status, 'ManifestworkApplied')).toBe(applied);
  });

  test.each<[number, number, string]>([
    [3, 3, 'True/Complete'],
    [0, 0, 'True/Complete'],
    [3, 2, 'False/Progressing'],
    [2, 3, 'False/Progressing'],
  ])('with %i selected and %i succeeded the rollout is %s', (selected, succeeded, verdictText) => {
    const rollout = { succeeded, failing: [], isBreached: false };
    expect(verdict(statusOf([outcome({ selected, rollout })]), 'PlacementRolledOut')).toBe(verdictText);
  });

  test('failures are named with cluster and cause, the first three of them', () => {
    const failures = ['a', 'b', 'c', 'd'].map((cluster) => ({ cluster, error: new Error(`no ${cluster}`) }));
    const message = messageOf(statusOf([outcome({ failures, works: { e: good } })]), 'ManifestworkApplied');
    expect(message).toBe(
      '1 of 1 works are available, 0 progressing, 0 degraded; could not be written, will be tried again: ' +
        'a: no a; b: no b; c: no c; and 1 more',
    );
  });

  test('a conflict, which the next pass resolves, is no failure', () => {
    const error = new KubeError('the object has been modified', { code: 'conflict' });
    const failures = [{ cluster: 'a', error }];
    const message = messageOf(statusOf([outcome({ failures, works: { e: good } })]), 'ManifestworkApplied');
    expect(message).toBe('1 of 1 works are available, 0 progressing, 0 degraded');
  });

  test('a message is never longer than the schema takes', () => {
    const failures = [{ cluster: 'a', error: new Error('x'.repeat(100_000)) }];
    expect(messageOf(statusOf([outcome({ failures })]), 'ManifestworkApplied')).toHaveLength(32_768);
  });

  test('whoever has failed is named, up to five', () => {
    const failing = ['a', 'b', 'c', 'd', 'e', 'f'];
    const rollout = { succeeded: 1, failing, isBreached: true };
    expect(messageOf(statusOf([outcome({ selected: 9, rollout })]), 'PlacementRolledOut')).toBe(
      '1 of 9 selected clusters have succeeded; p halted: 6 failed or timed out (a, b, c, d, e, …), more than maxFailures allows',
    );
  });

  test('a rule of another name does not count as a Progressing rule', () => {
    const rules = [{ condition: 'Complete', type: 'WellKnownConditions' as const }];
    const template = { manifestConfigs: [{ ...progressingRule, conditionRules: rules }] };
    const status = statusOf([outcome({ selected: 1 })], aManifestWorkReplicaSet({ template }));
    expect(messageOf(status, 'PlacementRolledOut')).toContain('has a condition rule named Progressing: add');
  });

  test('without the Placement only PlacementVerified is written', () => {
    const before = { ...set, status: statusOf([outcome({ works: { a: good } })]) };
    const status = statusWithoutPlacement(before, 'p', NOW);
    expect(verdict(status, 'PlacementVerified')).toBe('False/PlacementDecisionNotFound');
    expect(status.summary).toEqual(before.status.summary);
    expect(verdict(status, 'ManifestworkApplied')).toBe('True/AsExpected');
  });

  test('a name that is no label value is quoted, with the rule and the remedy', () => {
    const status = statusOfInvalidName(set, { owner: 'ns.name', problem: 'too long' }, NOW);
    expect(verdict(status, 'ManifestworkApplied')).toBe('False/InvalidManifestWorkName');
    expect(messageOf(status, 'ManifestworkApplied')).toMatch(/"ns\.name".*too long.*shorter name/);
  });
});

/** A rollout of two clusters. */
function at(succeeded: number, isBreached = false): ManifestWorkReplicaSetStatus {
  return statusOf([
    outcome({ selected: 2, works: { a: [] }, rollout: { succeeded, failing: isBreached ? ['a'] : [], isBreached } }),
  ]);
}

describe('news', () => {
  test('numbers are none, another condition is', () => {
    expect(isNews(undefined, at(0))).toBe(true);
    expect(isNews(at(0), at(1))).toBe(false);
    expect(isNews(at(1), at(2))).toBe(true);
  });

  test.each<[string, ManifestWorkReplicaSetStatus | undefined, ManifestWorkReplicaSetStatus, readonly string[]]>([
    ['it comes to its end', at(1), at(2), ['RolloutComplete']],
    ['it is stopped', at(1), at(1, true), ['RolloutHalted']],
    ['it stays stopped', at(1, true), at(0, true), []],
    ['it goes on', at(1, true), at(1), []],
    ['nothing was to be rolled out from the beginning', undefined, at(2), []],
  ])('events of a rollout when %s', (_when, ...[before, after, reasons]) => {
    const seen = before === undefined ? set : { ...set, status: before };
    expect(rolloutNews(seen, after).map(({ reason }) => reason)).toEqual(reasons);
  });
});
