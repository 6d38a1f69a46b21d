import type { RolloutStrategy } from '@ocm/api';
import * as fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { allDecidedClusters, type TrackedDecisions } from '../decision-tracker.ts';
import { type ClusterRollout, planRollout, type RolloutPlan } from './plan-rollout.ts';
import { clustersOf, parseRolloutStrategy } from './rollout-rules.ts';

const RUNS = { numRuns: 1000 };
const NOW = Date.parse('2026-01-31T12:00:00Z');
const CLUSTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** More steps than any rollout of these clusters needs: each changes at least one of them. */
const MOST_STEPS = 3 * CLUSTERS.length;

const groups: fc.Arbitrary<TrackedDecisions> = fc
  .array(fc.constantFrom(0, 1, 2, 3), { minLength: CLUSTERS.length, maxLength: CLUSTERS.length })
  .map((indexes) =>
    [0, 1, 2, 3].map((index) => ({
      name: index < 2 ? 'early' : '',
      index,
      clusters: new Set(CLUSTERS.filter((_, at) => indexes[at] === index)),
    })),
  );
const amount = fc.constantFrom<number | string>(-1, 0, 1, 2, 3, 8, 9, '1%', '30%', '50%', '100%');
const options = fc.record(
  {
    maxConcurrency: amount,
    maxFailures: amount,
    minSuccessTime: fc.constantFrom('0', '30s', '2m'),
    progressDeadline: fc.constantFrom('None', '45s', '3m'),
    mandatoryDecisionGroups: fc.array(fc.constantFrom({ groupName: 'early' }, { groupIndex: 3 }, {}), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
/** Options without mandatory groups. */
const flat = options.filter(({ mandatoryDecisionGroups }) => mandatoryDecisionGroups === undefined);
const strategies: fc.Arbitrary<RolloutStrategy> = fc.oneof(
  options.map(({ progressDeadline }) => ({
    type: 'All' as const,
    all: progressDeadline === undefined ? {} : { progressDeadline },
  })),
  options.map((progressive) => ({ type: 'Progressive' as const, progressive })),
  options.map((progressivePerGroup) => ({ type: 'ProgressivePerGroup' as const, progressivePerGroup })),
);
const known: fc.Arbitrary<readonly ClusterRollout[]> = fc.uniqueArray(
  fc.record({
    cluster: fc.constantFrom(...CLUSTERS, 'gone'),
    status: fc.constantFrom('ToApply' as const, 'Progressing' as const, 'Succeeded' as const, 'Failed' as const),
    sinceMs: fc.integer({ min: 0, max: 300 }).map((seconds) => NOW - seconds * 1000),
  }),
  { selector: ({ cluster }) => cluster },
);

type Planned = Extract<RolloutPlan, { kind: 'planned' }>;

function plan(situation: Parameters<typeof planRollout>[0]): Planned {
  const planned = planRollout(situation);
  if (planned.kind === 'invalid') throw new Error(planned.problem);
  return planned;
}

function rulesOf(
  strategy: RolloutStrategy,
): Extract<ReturnType<typeof parseRolloutStrategy>, { kind: 'rules' }>['rules'] {
  const parsed = parseRolloutStrategy(strategy);
  if (parsed.kind === 'invalid') throw new Error(parsed.problem);
  return parsed.rules;
}

const namesOf = (some: readonly ClusterRollout[]): readonly string[] => some.map(({ cluster }) => cluster);

/** What becomes of a plan: the new clusters are known, and those that are asked for report. */
function next(before: readonly ClusterRollout[], { batch }: Planned, report: (one: ClusterRollout) => ClusterRollout) {
  const begun = new Set(namesOf(before));
  const all = [...before, ...batch.filter(({ cluster }) => !begun.has(cluster))];
  const inBatch = new Set(namesOf(batch));
  return all.map((each) => (inBatch.has(each.cluster) ? report(each) : each));
}

test('a batch has no cluster twice, only chosen ones, and never more than the strategy allows', () => {
  fc.assert(
    fc.property(strategies, groups, known, (strategy, chosen, before) => {
      const { batch, timedOut, removed } = plan({ strategy, groups: chosen, known: before, nowMs: NOW });
      const names = namesOf([...batch, ...timedOut]);
      expect(new Set(names).size).toBe(names.length);
      const all = allDecidedClusters(chosen);
      expect(names.filter((name) => !all.has(name))).toEqual([]);
      expect(removed).toEqual(before.some(({ cluster }) => cluster === 'gone') ? ['gone'] : []);
    }),
    RUNS,
  );
});

test('concurrency is never exceeded, whatever clusters report', () => {
  fc.assert(
    fc.property(flat, groups, known, (each, chosen, before) => {
      const strategy = { type: 'Progressive' as const, progressive: each };
      const { maxConcurrency } = rulesOf(strategy);
      const size =
        maxConcurrency === undefined ? CLUSTERS.length : clustersOf(maxConcurrency, CLUSTERS.length, CLUSTERS.length);
      const { batch } = plan({ strategy, groups: chosen, known: before, nowMs: NOW });
      expect(batch.length).toBeLessThanOrEqual(size);
    }),
    RUNS,
  );
});

test('under success no cluster is skipped, none is taken back, and the rollout comes to its end', () => {
  fc.assert(
    fc.property(strategies, groups, (strategy, chosen) => {
      let state: readonly ClusterRollout[] = [];
      for (let [step, nowMs] = [0, NOW]; ; step += 1) {
        expect(step).toBeLessThan(MOST_STEPS);
        const planned = plan({ strategy, groups: chosen, known: state, nowMs });
        expect([planned.isBreached, planned.timedOut, planned.removed]).toEqual([false, [], []]);
        if (planned.batch.length === 0) break;
        const at = nowMs;
        const reported = next(state, planned, (one) =>
          one.status === 'ToApply' ? { ...one, status: 'Succeeded', sinceMs: at } : one,
        );
        expect(reported.length).toBeGreaterThanOrEqual(state.length);
        state = reported;
        nowMs += planned.recheckInMs ?? 0;
      }
      expect(new Set(namesOf(state))).toEqual(new Set(CLUSTERS));
    }),
    RUNS,
  );
});

test('once more have failed than allowed, no further cluster begins', () => {
  fc.assert(
    fc.property(flat, groups, known, (progressive, chosen, before) => {
      const strategy = { type: 'Progressive' as const, progressive };
      const { batch, isBreached } = plan({ strategy, groups: chosen, known: before, nowMs: NOW });
      const begun = new Set(namesOf(before));
      if (isBreached) expect(namesOf(batch).filter((name) => !begun.has(name))).toEqual([]);
    }),
    RUNS,
  );
});

test('failures stay within the budget: with every new cluster failing, at most a batch more than allowed begins', () => {
  fc.assert(
    fc.property(flat, groups, (each, chosen) => {
      const strategy = { type: 'Progressive' as const, progressive: each };
      const { maxConcurrency, maxFailures } = rulesOf(strategy);
      const size =
        maxConcurrency === undefined ? CLUSTERS.length : clustersOf(maxConcurrency, CLUSTERS.length, CLUSTERS.length);
      let state: readonly ClusterRollout[] = [];
      for (let step = 0; step < MOST_STEPS; step += 1) {
        const nowMs = NOW + step * 600_000;
        const planned = plan({ strategy, groups: chosen, known: state, nowMs });
        state = next(state, planned, (one) =>
          one.status === 'ToApply' ? { ...one, status: 'Failed', sinceMs: nowMs } : one,
        );
      }
      expect(state.length).toBeLessThanOrEqual(clustersOf(maxFailures, CLUSTERS.length, 0) + size);
    }),
    RUNS,
  );
});

test('until the time it names, the plan stays the same; at that time it is another one', () => {
  fc.assert(
    fc.property(strategies, groups, known, (strategy, chosen, before) => {
      const situation = { strategy, groups: chosen, known: before };
      const planned = plan({ ...situation, nowMs: NOW });
      const { recheckInMs, ...first } = planned;
      if (recheckInMs === undefined) return;
      const { recheckInMs: left, ...justBefore } = plan({ ...situation, nowMs: NOW + recheckInMs - 1 });
      expect(justBefore).toEqual(first);
      expect(left).toBe(1);
      const { recheckInMs: _next, ...then } = plan({ ...situation, nowMs: NOW + recheckInMs });
      expect(then).not.toEqual(first);
    }),
    RUNS,
  );
});

test('a second plan from what the first has brought about begins nothing new', () => {
  fc.assert(
    fc.property(strategies, groups, known, (strategy, chosen, before) => {
      const situation = { strategy, groups: chosen, nowMs: NOW };
      const first = plan({ ...situation, known: before });
      const second = plan({ ...situation, known: next(before, first, (one) => one) });
      expect(new Set(namesOf(second.batch))).toEqual(new Set(namesOf(first.batch)));
    }),
    RUNS,
  );
});
