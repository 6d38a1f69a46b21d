import type { RolloutStrategy } from '@ocm/api';
import { describe, expect, test } from '@jest/globals';
import { clustersOf, parseRolloutStrategy } from './rollout-rules.ts';

describe('rollout strategy', () => {
  test.each([undefined, {}, { type: 'All' as const }])(
    '%j rolls everything out at once and waits for ever',
    (strategy) => {
      expect(parseRolloutStrategy(strategy)).toEqual({
        kind: 'rules',
        rules: {
          type: 'All',
          soakMs: 0,
          deadlineMs: Infinity,
          maxFailures: { kind: 'count', value: 0 },
          maxConcurrency: undefined,
          mandatory: [],
        },
      });
    },
  );

  test('All knows no soak and no failures, but a deadline', () => {
    const all = { progressDeadline: '10m', minSuccessTime: '1h', maxFailures: 3 };
    expect(parseRolloutStrategy({ type: 'All', all })).toMatchObject({
      rules: { soakMs: 0, deadlineMs: 600_000, maxFailures: { value: 0 } },
    });
  });

  test('a complete Progressive strategy is understood', () => {
    const progressive = {
      minSuccessTime: '1m30s',
      progressDeadline: '2h',
      maxFailures: '10%',
      maxConcurrency: 4,
      mandatoryDecisionGroups: [{ groupName: 'canary' }, { groupIndex: 2 }, {}],
    };
    expect(parseRolloutStrategy({ type: 'Progressive', progressive })).toEqual({
      kind: 'rules',
      rules: {
        type: 'Progressive',
        soakMs: 90_000,
        deadlineMs: 7_200_000,
        maxFailures: { kind: 'percent', value: 10 },
        maxConcurrency: { kind: 'count', value: 4 },
        mandatory: [
          { name: 'canary', index: 0 },
          { name: '', index: 2 },
          { name: '', index: 0 },
        ],
      },
    });
  });

  test.each<[string, string, number]>([
    ['None', '0', Infinity],
    ['', '0s', Infinity],
    ['90s', '0', 90_000],
    ['1h30m', '0', 5_400_000],
  ])('progressDeadline "%s" and minSuccessTime "%s" are understood', (progressDeadline, minSuccessTime, deadlineMs) => {
    const progressivePerGroup = { progressDeadline, minSuccessTime };
    expect(parseRolloutStrategy({ type: 'ProgressivePerGroup', progressivePerGroup })).toMatchObject({
      rules: { type: 'ProgressivePerGroup', soakMs: 0, deadlineMs },
    });
  });

  test.each<[RolloutStrategy, RegExp]>([
    [{ type: 'Sometimes' as 'All' }, /^rollout strategy type must be All.*got "Sometimes"/],
    [{ all: { progressDeadline: '10x' } }, /^progressDeadline "10x": invalid timeout format/],
    [{ all: { progressDeadline: '1.5h' } }, /invalid timeout format/],
    [{ type: 'Progressive', progressive: { progressDeadline: '-5s' } }, /invalid timeout format/],
    [
      { type: 'Progressive', progressive: { minSuccessTime: 'a while' } },
      /^minSuccessTime "a while": invalid duration/,
    ],
    [{ type: 'Progressive', progressive: { minSuccessTime: '-5s' } }, /^minSuccessTime "-5s"/],
    [{ type: 'Progressive', progressive: { maxConcurrency: '5' } }, /^maxConcurrency "5": invalid type: string is not/],
    [{ type: 'ProgressivePerGroup', progressivePerGroup: { maxFailures: 'x%' } }, /^maxFailures "x%": invalid type/],
  ])('%j is refused with field, value and what is allowed', (strategy, problem) => {
    expect(parseRolloutStrategy(strategy)).toEqual({ kind: 'invalid', problem: expect.stringMatching(problem) });
  });
});

test('an integer beyond 2^53, which comes from the wire as its text, is a number', () => {
  const maxConcurrency = { rawJSON: '9223372036854775807' } as unknown as number;
  expect(parseRolloutStrategy({ type: 'Progressive', progressive: { maxConcurrency } })).toMatchObject({
    rules: { maxConcurrency: { kind: 'count', value: 2 ** 63 } },
  });
});

test.each([
  [{ kind: 'count', value: 3 }, 10, 3],
  [{ kind: 'count', value: 10 }, 10, 10],
  [{ kind: 'count', value: 11 }, 10, -1],
  [{ kind: 'count', value: 0 }, 10, -1],
  [{ kind: 'count', value: -2 }, 10, -1],
  [{ kind: 'percent', value: 25 }, 10, 3],
  [{ kind: 'percent', value: 7 }, 100, 8],
  [{ kind: 'percent', value: 100 }, 7, 7],
  [{ kind: 'percent', value: 0 }, 7, -1],
] as const)('%j of %i clusters are %i, where -1 stands for the fallback', (amount, total, count) => {
  expect(clustersOf(amount, total, -1)).toBe(count);
});
