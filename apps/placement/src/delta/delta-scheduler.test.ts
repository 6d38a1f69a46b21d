import type { ManagedCluster, PlacementSpec } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { fewWords, GLOBAL } from '../../test/placement-world.ts';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { type MeasuredStep, unmeasured } from '../schedule/measure.ts';
import { ClusterTable } from './cluster-table.ts';
import { DecisionTally } from './decision-tally.ts';
import { type DeltaRequest, DeltaScheduler } from './delta-scheduler.ts';

const CLUSTERS = ['a', 'b', 'c', 'd', 'e'];
const never = new AbortController().signal;

interface Setting {
  readonly elapsedMs?: () => number;
  readonly giveWay?: () => Promise<void>;
  readonly compileCel?: CompileCel;
}

/** A scheduler over some clusters, and which steps it has taken since last asked. */
function setUp({ elapsedMs = () => 0, giveWay = () => Promise.resolve(), compileCel = fewWords }: Setting = {}) {
  const table = new ClusterTable();
  for (const name of CLUSTERS) table.put(aCluster({ name }));
  const steps: MeasuredStep[] = [];
  const delta = new DeltaScheduler({
    table,
    tally: new DecisionTally(table, () => undefined),
    findSet: () => GLOBAL,
    findScore: () => undefined,
    measure: (step, run) => {
      steps.push(step);
      return unmeasured(step, run);
    },
    elapsedMs,
    giveWay,
  });
  const request = (key: string, spec: PlacementSpec): DeltaRequest => ({
    key,
    spec,
    compiled: compileSpec(spec, compileCel),
    sets: ['global'],
    nowMs: 0,
  });
  const decide = async (wanted: DeltaRequest): Promise<string> => {
    await delta.judge(wanted, never);
    return delta
      .decide(wanted)
      .selection.selected.map(({ metadata }) => metadata.name)
      .join('');
  };
  return {
    table,
    delta,
    request,
    decide,
    prioritized: () => steps.splice(0).filter(({ kind }) => kind === 'prioritizer'),
  };
}

/** An expression that is true, and says of which clusters it was asked. */
function recording(): { readonly compileCel: CompileCel; readonly asked: () => string } {
  let asked = '';
  const evaluate = ({ metadata }: ManagedCluster) => {
    asked += metadata.name;
    return { kind: 'value', value: true, cost: 1 } as const;
  };
  return {
    compileCel: (text) => ({ text, evaluate }),
    asked: () => {
      const since = asked;
      asked = '';
      return since.split('').toSorted().join('');
    },
  };
}

const SPEC: PlacementSpec = {
  numberOfClusters: 2,
  predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: ['x'] } } }],
};

test('on the change of a cluster only that cluster is judged again, once for all Placements with the same rules', async () => {
  const { compileCel, asked } = recording();
  const { table, request, decide } = setUp({ compileCel });
  const [p, q] = [request('n/p', SPEC), request('n/q', { ...SPEC, numberOfClusters: 1 })];
  expect([await decide(p), await decide(q)]).toEqual(['ab', 'a']);
  expect(asked()).toBe('abcde');
  table.put(aCluster({ name: 'c', labels: { env: 'x' } }));
  expect([await decide(p), await decide(q)]).toEqual(['ab', 'a']);
  expect(asked()).toBe('c');
});

test('what cannot change the outcome is not ranked', async () => {
  const { table, request, decide, prioritized } = setUp();
  const wanted = request('n/p', {
    numberOfClusters: 1,
    predicates: [{ requiredClusterSelector: { celSelector: { celExpressions: ['name=b'] } } }],
  });
  await decide(wanted);
  expect(prioritized()).toHaveLength(2);
  table.put(aCluster({ name: 'c', labels: { env: 'x' } }));
  expect(await decide(wanted)).toBe('b');
  expect(prioritized()).toEqual([]);
  table.remove('b');
  expect(await decide(wanted)).toBe('');
});

test('others get their turn between clusters, and what changes meanwhile is judged too', async () => {
  let nowMs = 0;
  let turns = 0;
  const { compileCel } = recording();
  const slow: CompileCel = (text) => {
    const expression = compileCel(text);
    if ('problem' in expression) return expression;
    return {
      text,
      evaluate(cluster, limit) {
        nowMs += 7;
        return expression.evaluate(cluster, limit);
      },
    };
  };
  const setting = setUp({
    compileCel: slow,
    elapsedMs: () => nowMs,
    giveWay() {
      turns += 1;
      if (turns === 1) setting.table.remove('a');
      return Promise.resolve();
    },
  });
  expect(await setting.decide(setting.request('n/p', SPEC))).toBe('bc');
  expect(turns).toBe(2);
});

test('a long pass ends with the signal', async () => {
  let nowMs = 0;
  const stop = new AbortController();
  const { delta, request } = setUp({
    elapsedMs: () => (nowMs += 20),
    giveWay() {
      stop.abort(new Error('enough'));
      return Promise.resolve();
    },
  });
  await expect(delta.judge(request('n/p', SPEC), stop.signal)).rejects.toThrow('enough');
});

test('an expression that was interrupted is asked again in the next pass', async () => {
  let isSlow = true;
  const compileCel: CompileCel = (text) => ({
    text,
    evaluate: () =>
      isSlow
        ? { kind: 'failed', problem: 'operation interrupted', cost: 9, isInterrupted: true }
        : { kind: 'value', value: true, cost: 1 },
  });
  const { request, decide } = setUp({ compileCel });
  const wanted = request('n/p', SPEC);
  expect(await decide(wanted)).toBe('');
  isSlow = false;
  expect(await decide(wanted)).toBe('ab');
});
