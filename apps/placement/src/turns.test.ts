import { expect, test } from '@jest/globals';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

/** Turns at a pace that the test sets, and the pauses: 0 where others only get their turn. */
function setUp() {
  let nowMs = 0;
  const pauses: number[] = [];
  const pause = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms));
  const turns = new Turns({ clock: { sleep: pause }, elapsedMs: () => nowMs, giveWay: () => pause(0) });
  const work = (ms: number, signal = never): Promise<boolean> =>
    turns.take((isOver) => {
      nowMs += ms;
      return isOver();
    }, signal);
  return { turns, work, pauses };
}

test('everybody waits for those who have asked before, and nobody for work that has failed', async () => {
  const { turns } = setUp();
  const order: string[] = [];
  const all = ['first', 'second', 'third'].map((who) =>
    turns.take(() => {
      order.push(who);
      if (who === 'second') throw new Error('no');
      return who;
    }, never),
  );
  expect(order).toEqual([]);
  expect(await Promise.allSettled(all)).toMatchObject([{ value: 'first' }, { reason: new Error('no') }, {}]);
  expect(order).toEqual(['first', 'second', 'third']);
});

test.each([
  { what: 'short, there is no pause', turnsMs: [3, 3, 3], pauses: [] },
  { what: 'long together, others get their turn', turnsMs: [6, 6, 6], pauses: [0] },
  { what: 'long, others get their turn after each', turnsMs: [12, 40, 12], pauses: [0, 0] },
  { what: 'longer than a probe waits, a probe gets through after each', turnsMs: [800, 51, 1], pauses: [50, 50] },
])('when turns are $what', async ({ turnsMs, pauses: expected }) => {
  const { work, pauses } = setUp();
  await Promise.all(turnsMs.map((ms) => work(ms)));
  expect(pauses).toEqual(expected);
});

test('who is done need not wait for the pause, and a turn is over after 10 ms', async () => {
  const { work, pauses } = setUp();
  expect(await work(10)).toBe(false);
  expect(await work(2000)).toBe(true);
  expect(pauses).toEqual([]);
});

test('nothing is begun once the signal has fired, and others go on', async () => {
  const { work } = setUp();
  const stop = new AbortController();
  const calledOff = work(1, stop.signal);
  stop.abort(new Error('enough'));
  await expect(calledOff).rejects.toThrow('enough');
  expect(await work(1)).toBe(false);
});
