import { expect, test } from '@jest/globals';
import { InFlight } from './in-flight.ts';

const { signal } = new AbortController();

test('no more than so many run at once, in the order in which they came', async () => {
  const inFlight = new InFlight(2);
  const started: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const all = gates.map((gate, index) =>
    inFlight.run(signal, () => {
      started.push(index);
      return gate.promise;
    }),
  );
  await Promise.resolve();
  for (const [index, gate] of gates.entries()) {
    expect(inFlight.count).toBe(Math.min(2, gates.length - index));
    gate.resolve();
    await all[index];
  }
  await Promise.all(all);
  expect({ started, count: inFlight.count }).toEqual({ started: [0, 1, 2, 3, 4], count: 0 });
});

test('a failure makes room, too', async () => {
  const inFlight = new InFlight(1);
  await expect(inFlight.run(signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await inFlight.run(signal, () => Promise.resolve('yes'))).toBe('yes');
});

test('who waits can be stopped, and is not started after that', async () => {
  const inFlight = new InFlight(1);
  const first = Promise.withResolvers<void>();
  const running = inFlight.run(signal, () => first.promise);
  const stop = new AbortController();
  let isStarted = false;
  const waiting = inFlight.run(stop.signal, async () => {
    isStarted = true;
  });
  stop.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
  first.resolve();
  await running;
  expect({ isStarted, count: inFlight.count }).toEqual({ isStarted: false, count: 0 });
});
