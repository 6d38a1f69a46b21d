import { aCluster } from '@ocm/testing';
import { expect, test } from '@jest/globals';
import { unmeasured } from '../schedule/measure.ts';
import { Turns } from '../turns.ts';
import { ClusterTable } from './cluster-table.ts';
import { DecisionTally } from './decision-tally.ts';
import { Scorer } from './scorer.ts';

/** A scorer over two clusters, and how many score objects it has read since last asked. */
function setUp() {
  const table = new ClusterTable();
  for (const name of ['a', 'b']) table.put(aCluster({ name }));
  let read = 0;
  const scorer = new Scorer({
    table,
    tally: new DecisionTally(table, () => undefined),
    findSet: () => undefined,
    findScore: () => void (read += 1),
    measure: unmeasured,
    turns: new Turns({
      clock: { sleep: () => Promise.resolve() },
      elapsedMs: () => 0,
      giveWay: () => Promise.resolve(),
    }),
  });
  return (score: string): number => {
    read = 0;
    const source = { kind: 'add-on', resource: 'sizes', score } as const;
    scorer.score({
      prioritizers: [{ name: score, weight: 1, source }],
      candidates: [...table.ordered()],
      own: [],
      nowMs: 0,
    });
    return read;
  };
}

test('a score is read once for each cluster', () => {
  const readsFor = setUp();
  expect([readsFor('x'), readsFor('x')]).toEqual([2, 0]);
});

test('a new score soon has the place of one that nobody wants any more, however many there have been', () => {
  const readsFor = setUp();
  for (let index = 0; index < 100; index += 1) readsFor(`old${index}`);
  const reads = Array.from({ length: 210 }, () => readsFor('new'));
  expect(reads[0]).toBe(2);
  expect(reads.slice(-5)).toEqual([0, 0, 0, 0, 0]);
});
