import { expect, test } from '@jest/globals';
import { DeadlineError, until } from './until.ts';

test('returns the first truthy answer', async () => {
  let calls = 0;
  expect(await until(() => (calls += 1) > 2 && { calls }, { describe: 'third call' })).toEqual({ calls: 3 });
});

test('asks again when the check throws', async () => {
  let calls = 0;
  const check = (): true => {
    calls += 1;
    if (calls < 3) throw new Error('not yet');
    return true;
  };
  expect(await until(check, { describe: 'no throw' })).toBe(true);
});

test('the failure names what was waited for and what was seen last', async () => {
  const failure = until(() => '', { describe: 'the name is set', deadlineMs: 30 });
  await expect(failure).rejects.toThrow("not within 30 ms: the name is set; last observation: ''");
  await expect(failure).rejects.toBeInstanceOf(DeadlineError);
});

test('the failure has the last error as its cause', async () => {
  const cause = new Error('no such cluster');
  const check = (): never => {
    throw cause;
  };
  await expect(until(check, { describe: 'it is there', deadlineMs: 20 })).rejects.toMatchObject({ cause });
});

test('gives up at once when the signal fires', async () => {
  const stop = new AbortController();
  const waiting = until(() => false, { describe: 'never', signal: stop.signal });
  stop.abort(new Error('the test is over'));
  await expect(waiting).rejects.toThrow('the test is over');
});
