import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Clock, systemClock } from '@ocm/kube';
import { JqThread } from './jq-thread.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(40_000);

const { signal } = new AbortController();

let jq: JqThread;
beforeEach(() => {
  jq = new JqThread({ clock: systemClock, limitMs: 30_000, idleMs: 60_000 });
});
afterEach(() => jq.close());

test('gives the only result, and leaves numbers as they are', async () => {
  const input = '{"a":1,"big":9007199254740993,"f":1.0}';
  expect(await jq.evaluate({ input, program: 'del(.a)' }, signal)).toBe('{"big":9007199254740993,"f":1.0}');
});

describe('what cannot be used is an error', () => {
  test.each([
    ['a syntax error', 'del(.a', 'syntax error'],
    ['no path', 'del(1)', 'Invalid path expression'],
    ['a list that is not there', 'del(.b[])', 'Cannot iterate over null'],
    ['more than one result', 'del(.a), .', 'it gave 2 results instead of one'],
    ['no result', 'empty', 'it gave 0 results instead of one'],
    ['too much memory', '[range(100000000)]', 'it needs too much memory'],
  ])('%s', async (_title, program, message) => {
    await expect(jq.evaluate({ input: '{"a":1}', program }, signal)).rejects.toThrow(message);
    expect(await jq.evaluate({ input: '{"a":1}', program: '.a' }, signal)).toBe('1');
  });
});

test('an expression that does not end is ended, and the next one is evaluated', async () => {
  await using strict = new JqThread({ clock: systemClock, limitMs: 4000, idleMs: 60_000 });
  const endless = strict.evaluate({ input: '{}', program: 'until(false; .)' }, signal);
  const next = strict.evaluate({ input: '{"a":1}', program: '.a' }, signal);
  await expect(endless).rejects.toThrow('it took longer than 4 s');
  expect(await next).toBe('1');
});

test('an answer that comes while the main thread is busy is not late', async () => {
  const task = { input: '{"a":1}', program: '.a' };
  let limitMs = 30_000;
  const schedule: Clock['schedule'] = (ms, callback, options) =>
    systemClock.schedule(ms === 30_000 ? limitMs : ms, callback, options);
  await using busy = new JqThread({ clock: { ...systemClock, schedule }, limitMs: 30_000, idleMs: 60_000 });
  await busy.evaluate(task, signal);
  limitMs = 10;
  const answer = busy.evaluate(task, signal);
  // By then it is asked; and a thread that runs answers in far less than this.
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000));
  expect(await answer).toBe('1');
});

test('it sees nothing of this process', async () => {
  const seen = JSON.parse(await jq.evaluate({ input: '{}', program: 'env' }, signal)) as Record<string, string>;
  expect(seen['USER']).toBe('web_user');
});
