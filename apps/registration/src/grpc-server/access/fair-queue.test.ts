import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { FairQueue, QueueFullError } from './fair-queue.ts';

const { signal: never } = new AbortController();

/** Tasks that end when told, and the order in which they began. */
function setUp(atOnce: number, mostWaitingPerKey = 100) {
  const queue = new FairQueue({ atOnce, mostWaitingPerKey });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (key: string, name: string, signal = never): Promise<string> =>
    queue.run(
      key,
      () => {
        begun.push(name);
        return new Promise((resolve) => ends.set(name, () => resolve(name)));
      },
      signal,
    );
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { run, begun, end };
}

describe('the fair queue', () => {
  test('runs so many at once', async () => {
    const { run, begun, end } = setUp(2);
    const all = Promise.all(['a1', 'a2', 'a3'].map((name) => run('a', name)));
    expect(begun).toEqual(['a1', 'a2']);
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'a3']);
    await end('a2');
    await end('a3');
    expect(await all).toEqual(['a1', 'a2', 'a3']);
  });

  test('lets those who wait take turns, however much one of them wants', async () => {
    const { run, begun, end } = setUp(1);
    const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'];
    const all = Promise.all(names.map((name) => run(name.charAt(0), name)));
    for (let index = 0; index < names.length; index += 1) await end(begun[index] ?? '');
    await all;
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  test('refuses what one wants beyond its share, and nothing of others', async () => {
    const { run, begun, end } = setUp(1, 1);
    const [first, second] = [run('a', 'a1'), run('a', 'a2')];
    await expect(run('a', 'a3')).rejects.toThrow(QueueFullError);
    const other = run('b', 'b1');
    for (const name of ['a1', 'a2', 'b1']) await end(name);
    await Promise.all([first, second, other]);
    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  test('who gives up leaves the line', async () => {
    const { run, begun, end } = setUp(1);
    const giving = new AbortController();
    const first = run('a', 'a1');
    const second = run('b', 'b1', giving.signal);
    const third = run('c', 'c1');
    giving.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    await end('a1');
    await end('c1');
    expect(await Promise.all([first, third])).toEqual(['a1', 'c1']);
    expect(begun).toEqual(['a1', 'c1']);
    await expect(run('a', 'a2', giving.signal)).rejects.toThrow('gone');
  });

  test('who steps aside gives its place to others, and waits for its turn again', async () => {
    const queue = new FairQueue({ atOnce: 1, mostWaitingPerKey: 9 });
    const steps: string[] = [];
    const room = Promise.withResolvers<void>();
    const slow = queue.run(
      'slow',
      async (stepAside) => {
        steps.push('slow 1');
        await stepAside(() => room.promise);
        steps.push('slow 2');
      },
      never,
    );
    const ended = Promise.withResolvers<void>();
    const second = queue.run(
      'other',
      async () => {
        steps.push('other');
        await ended.promise;
      },
      never,
    );
    await new Promise(setImmediate);
    room.resolve();
    await new Promise(setImmediate);
    expect(steps).toEqual(['slow 1', 'other']);
    ended.resolve();
    await Promise.all([slow, second]);
    expect(steps).toEqual(['slow 1', 'other', 'slow 2']);
  });

  test('who steps aside counts as waiting, and no place is lost by what goes wrong there', async () => {
    const queue = new FairQueue({ atOnce: 1, mostWaitingPerKey: 2 });
    const failing = Promise.withResolvers<void>();
    const aside = ['first', 'second'].map(() => queue.run('a', (stepAside) => stepAside(() => failing.promise), never));
    await new Promise(setImmediate);
    await expect(queue.run('a', () => Promise.resolve(), never)).rejects.toThrow(QueueFullError);
    expect(await queue.run('b', () => Promise.resolve('b'), never)).toBe('b');
    failing.reject(new Error('gone'));
    expect((await Promise.allSettled(aside)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const giving = new AbortController();
    const left = queue.run('a', (stepAside) => stepAside(async () => giving.abort(new Error('left'))), giving.signal);
    await expect(left).rejects.toThrow('left');
    expect(await Promise.all(['x', 'y'].map((name) => queue.run('a', () => Promise.resolve(name), never)))).toEqual([
      'x',
      'y',
    ]);
  });

  test('when many have stepped aside, those who would keep their places, until one of them is back', async () => {
    const queue = new FairQueue({ atOnce: 1, mostWaitingPerKey: 9, mostAside: 1 });
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const steps: string[] = [];
    const run = (name: string, wait: Promise<void>): Promise<void> =>
      queue.run(
        name,
        async (stepAside) => {
          steps.push(`${name} begins`);
          await stepAside(() => wait);
          steps.push(`${name} is back`);
        },
        never,
      );
    const all = Promise.all([run('a', first.promise), run('b', second.promise), run('c', Promise.resolve())]);
    await new Promise(setImmediate);
    first.resolve();
    await new Promise(setImmediate);
    expect(steps).toEqual(['a begins', 'b begins']);
    second.resolve();
    await all;
    expect(steps.slice(2, 3)).toEqual(['b is back']);
    expect(steps.toSorted()).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} is back`]));
  });

  test('a task that fails gives its place to the next', async () => {
    const queue = new FairQueue({ atOnce: 1, mostWaitingPerKey: 9 });
    const failing = queue.run('a', () => Promise.reject(new Error('no')), never);
    const next = queue.run('a', () => Promise.resolve('yes'), never);
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  test('thousands wait with one signal, leave with it together, and leave nothing on it', async () => {
    const { run, begun, end } = setUp(1, 2000);
    const controller = new AbortController();
    const first = run('a', 'first');
    const waiting = Array.from({ length: 2000 }, (_, index) => run('b', `b${index}`, controller.signal));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort(new Error('closing'));
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await end('first');
    expect([await first, begun]).toEqual(['first', ['first']]);
  });
});
