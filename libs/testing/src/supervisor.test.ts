import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSupervisor } from './supervisor.ts';
import { until } from './until.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a program ends with what it has started, and its directory goes', async () => {
  const supervisor = startSupervisor();
  const directory = await supervisor.makeDirectory('ocm-test-');
  const logFile = join(directory, 'log');
  const started = supervisor.start('/bin/sh', { args: ['-c', 'sleep 60 & echo $!; wait'], logFile });
  const child = await until(async () => Number(await readFile(logFile, 'utf8')), { describe: 'the child has started' });
  expect([started.pid, child].map(isAlive)).toEqual([true, true]);
  await supervisor.stop();
  await until(() => ![started.pid, child].some(isAlive), { describe: 'both are gone' });
  expect([started.hasEnded(), await started.ended, existsSync(directory)]).toEqual([true, 'SIGKILL', false]);
});

test('a program that ends by itself tells how', async () => {
  const supervisor = startSupervisor();
  const directory = await supervisor.makeDirectory('ocm-test-');
  const logFile = join(directory, 'log');
  await writeFile(logFile, 'before\n');
  const started = supervisor.start('/bin/sh', { args: ['-c', 'echo "$WHO" >&2; exit 3'], logFile, env: { WHO: 'me' } });
  expect(await started.ended).toBe(3);
  expect(await readFile(logFile, 'utf8')).toBe('before\nme\n');
  await started.kill(); // nothing left to do
  await supervisor.stop();
});

test('a program that does not exist is an error', async () => {
  const supervisor = startSupervisor();
  const directory = await supervisor.makeDirectory('ocm-test-');
  const start = () => supervisor.start('/nonexistent/program', { args: [], logFile: join(directory, 'log') });
  expect(start).toThrow('cannot start /nonexistent/program');
  await supervisor.stop();
});
