import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import type { Predicate, PredicateFailure } from '../schedule/predicates.ts';
import { Turns } from '../turns.ts';
import { judgeAhead } from './judge-ahead.ts';

const CLUSTERS = ['a', 'b', 'c', 'd'].map((name) => aCluster({ name }));
const FAILURE: PredicateFailure = {
  kind: 'expression',
  text: 'x',
  answer: { kind: 'value', value: false, cost: 1 },
};

/** Predicates that take so long for each cluster, and a record of what they were asked and of the pauses. */
function setUp(tookMs: number, passing: readonly string[] = ['acd', 'b']) {
  let nowMs = 0;
  const asked: string[] = [];
  const pauses: number[] = [];
  const predicates = passing.map((names, position): Predicate => (cluster) => {
    nowMs += tookMs;
    asked.push(`${cluster.metadata.name}${position}`);
    return names.includes(cluster.metadata.name) ? undefined : FAILURE;
  });
  const stop = new AbortController();
  const elapsedMs = (): number => nowMs;
  const pause = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms));
  const turns = new Turns({ clock: { sleep: pause }, elapsedMs, giveWay: () => pause(0) });
  const pace = { turns, elapsedMs, signal: stop.signal };
  const judge = () => judgeAhead({ kind: 'compiled', predicates }, CLUSTERS, pace);
  const work = (ms: number): number => (nowMs += ms);
  return { judge, asked, pauses, stop, turns, work };
}

test('everything is asked once, a cluster that has passed no further, and the answers are known afterwards', async () => {
  const { judge, asked, pauses } = setUp(1);
  const judged = await judge();
  expect(asked).toEqual(['a0', 'b0', 'b1', 'c0', 'd0']);
  expect(CLUSTERS.map((cluster) => judged?.predicates.map((predicate) => predicate(cluster)))[1]).toEqual([
    FAILURE,
    undefined,
  ]);
  expect(asked.filter((each) => each.startsWith('b'))).toEqual(['b0', 'b1']);
  expect(pauses).toEqual([]);
});

test('a cluster that nobody has been asked about is judged when it comes', async () => {
  const { judge, asked } = setUp(1);
  const judged = await judge();
  asked.splice(0);
  expect(judged?.predicates[0]?.(aCluster({ name: 'a' }))).toBeUndefined();
  expect(asked).toEqual(['a0']);
});

test.each([
  { tookMs: 4, pauses: [0] },
  { tookMs: 20, pauses: [0, 0, 0, 0, 0] },
  { tookMs: 800, pauses: [50, 50, 50, 50, 50] },
])('others get their turn when an answer takes $tookMs ms', async ({ tookMs, pauses: expected }) => {
  const { judge, pauses } = setUp(tookMs);
  expect(await judge()).toBeDefined();
  expect(pauses).toEqual(expected);
});

test('a question that takes longer than 10 s in all is given up', async () => {
  const { judge, asked } = setUp(4000);
  expect(await judge()).toBeUndefined();
  expect(asked).toHaveLength(3);
});

test('a question ends with the signal', async () => {
  const { judge, stop } = setUp(20);
  stop.abort(new Error('enough'));
  await expect(judge()).rejects.toThrow('enough');
});

test('two questions take turns, also when one of them is given up', async () => {
  const { judge, asked, turns, stop } = setUp(20);
  await Promise.all([judge(), judge()]);
  expect(asked).toEqual(['a0', 'a0', 'b0', 'b0', 'b1', 'b1', 'c0', 'c0', 'd0', 'd0']);
  const long = setUp(20_000);
  expect(await long.judge()).toBeUndefined();
  const { signal } = stop;
  expect(await Promise.all([turns, long.turns].map((each) => each.take(() => 'next', signal)))).toHaveLength(2);
});

test('others get their turn also within one answer that has places to stop', async () => {
  const { turns, pauses, stop, work } = setUp(0);
  const inSteps: Predicate['inSteps'] = function* () {
    work(800);
    yield;
    work(800);
    return undefined;
  };
  const judged = await judgeAhead(
    { kind: 'compiled', predicates: [Object.assign(() => undefined, { inSteps })] },
    CLUSTERS.slice(0, 1),
    { turns, elapsedMs: () => work(0), signal: stop.signal },
  );
  expect(judged).toBeDefined();
  expect(pauses).toEqual([50, 50]);
});
