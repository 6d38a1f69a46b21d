import type { ManagedCluster, PlacementSpec } from '@ocm/api';
import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { fewWords, GLOBAL } from '../../test/placement-world.ts';
import type { CompileCel } from '../schedule/cel-expression.ts';
import { compileSpec } from '../schedule/compile-spec.ts';
import { measureBy, type MeasuredStep } from '../schedule/measure.ts';
import { Turns } from '../turns.ts';
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
    measure: measureBy(elapsedMs, (step) => steps.push(step)),
    turns: new Turns({ clock: { sleep: giveWay }, elapsedMs, giveWay }),
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

test('a cluster that goes after it has been judged is not chosen, and has no score', async () => {
  const { table, delta, request, decide } = setUp();
  const wanted = request('n/p', { numberOfClusters: 2, prioritizerPolicy: { mode: 'Exact' } });
  expect(await decide(wanted)).toBe('ab');
  table.remove('b');
  const { selection } = delta.decide(wanted);
  expect(selection.selected.map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
  expect(delta.scoreNote(wanted)).toBe('a:0 c:0 d:0 e:0 ');
  table.put(aCluster({ name: 'b' }));
  expect(await decide(wanted)).toBe('ab');
});

test.each([
  { what: 'expressions of a predicate', selectors: [['x', 'y', 'z']] },
  { what: 'predicates', selectors: [['no'], ['no'], ['x']] },
])('others get their turn between the costly $what of one cluster', async ({ selectors }) => {
  let nowMs = 0;
  let turns = 0;
  const { table, request, decide } = setUp({
    compileCel: (text) => ({
      text,
      evaluate() {
        nowMs += 40;
        return { kind: 'value', value: text !== 'no', cost: 900_000 };
      },
    }),
    elapsedMs: () => nowMs,
    giveWay: () => Promise.resolve(void (turns += 1)),
  });
  for (const name of CLUSTERS.slice(1)) table.remove(name);
  const predicates = selectors.map((celExpressions) => ({
    requiredClusterSelector: { celSelector: { celExpressions } },
  }));
  expect(await decide(request('n/p', { predicates }))).toBe('a');
  expect(turns).toBeGreaterThanOrEqual(2);
});

test('an expression that is interrupted each time keeps no other cluster from being judged, and is asked once in a pass', async () => {
  let nowMs = 0;
  let asked = '';
  const setting = setUp({
    compileCel: (text) => ({
      text,
      evaluate({ metadata }) {
        nowMs += 5000;
        asked += metadata.name;
        if (metadata.name === 'a') return { kind: 'value', value: true, cost: 1 };
        return { kind: 'failed', problem: 'operation interrupted', cost: 9, isInterrupted: true };
      },
    }),
    elapsedMs: () => nowMs,
    giveWay: () => Promise.resolve(setting.table.put(aCluster({ name: 'a', labels: { at: `${nowMs}` } }))),
  });
  const wanted = setting.request('n/p', SPEC);
  expect(await setting.decide(wanted)).toBe('a');
  expect(asked.replaceAll('a', '').split('').toSorted().join('')).toBe('bcde');
  expect(await setting.decide(wanted)).toBe('a');
  expect(asked.replaceAll('a', '').split('').toSorted().join('')).toBe('bbccddee');
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
